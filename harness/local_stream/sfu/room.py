"""One call as the SFU sees it: who is in it, and who hears of what."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Protocol

from harness.local_stream.sfu.errors import SfuError, unauthenticated
from harness.local_stream.sfu.media_faults import MediaFaults
from harness.local_stream.sfu.participant import Channel, Participant
from harness.local_stream.sfu.protocol import Message, events, models
from harness.local_stream.sfu.publish_options import AUDIO_TYPES
from harness.local_stream.sfu.pulse import Pulse
from harness.local_stream.sfu.subscriber import Offered, Source
from harness.local_stream.sfu.subscription import BEST, TrackKey, Wish
from harness.local_stream.sfu.token import LIFETIME_SECONDS, Grant, SfuUser
from harness.local_stream.sfu.track import PublishedTrack
from harness.local_stream.sfu.transport import Identity

# Is told which tracks flow, muted or not.
Watcher = Callable[[dict[TrackKey, Source]], None]

# The role of who joins without being anybody.
ANONYMOUS = "anonymous"

logger = logging.getLogger("sfu")


class SfuObserver(Protocol):
    """The coordinator: it keeps the call's session and tells its own clients."""

    async def participant_joined(self, cid: str, session_id: str, user_id: str) -> None: ...

    async def participant_left(self, cid: str, session_id: str, user_id: str) -> None: ...


class Room:
    """One call's participants, by session id; a lost WebSocket is waited for during `vanish_seconds`."""

    def __init__(
        self,
        cid: str,
        identity: Identity,
        observer: SfuObserver,
        vanish_seconds: float,
        faults: MediaFaults,
    ) -> None:
        self.cid = cid
        self.participants: dict[str, Participant] = {}
        self.started_at = time.time()
        self._identity = identity
        self._observer = observer
        self._vanish_seconds = vanish_seconds
        self._faults = faults
        self._vanishing: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: tuple[float, Callable[[SfuUser], bool]] | None = None
        self._removed: dict[str, float] = {}
        # By user id: what tokens from before that moment are worth since.
        self._permitted: dict[str, tuple[float, frozenset[str]]] = {}
        # By session id: the user. Everybody sees these first.
        self.pins: dict[str, str] = {}
        self.pulse = Pulse(self.participants)
        self._watcher: Watcher | None = None

    def needed(self, now: float) -> bool:
        """Whether somebody is here, or tokens may still come from before something was taken away."""
        taken = [*self._removed.values(), *(since for since, _ in self._permitted.values())]
        last = max([*taken, self._ended[0] if self._ended else 0.0], default=0.0)
        return bool(self.participants or self._watcher) or now < last + LIFETIME_SECONDS

    def watch(self, watcher: Watcher | None) -> None:
        """Who is told what flows, each time that may have changed: a recording."""
        self._watcher = watcher
        self._spawn(self.subscribe())

    def resume(self, session_id: str, grant: Grant, channel: Channel) -> Participant | None:
        """The participant whose WebSocket came back, with this one; None when it is not here any more."""
        self._refuse_ended(grant)
        participant = self.participants.get(session_id)
        if participant is None or participant.user.id != grant.user.id:
            return None
        self._waits_no_more(session_id)
        old, participant.channel = participant.channel, channel
        if old is not None and old is not channel:
            old.detach()
        return participant

    async def join(
        self, session_id: str, grant: Grant, channel: Channel, *, previous: str = ""
    ) -> Participant:
        """Let a new session in; `previous` is the session that the same user gives up (REJOIN).

        Raises SfuError LIVE_ENDED when the call ended for this user after its token was made.
        """
        self._refuse_ended(grant)
        for stale in {previous, session_id}:
            participant = self.participants.get(stale)
            if participant is not None and participant.user.id == grant.user.id:
                await self.leave(participant)
        participant = self.participants[session_id] = self._participant(session_id, grant, channel)
        self.pulse.start()
        joined = events.ParticipantJoined(call_cid=self.cid, participant=self.pulse.shown(participant))
        self._tell_others(participant, events.SfuEvent(participant_joined=joined))
        return participant

    def migrate(
        self, session_id: str, grant: Grant, channel: Channel, announced: Iterable[int]
    ) -> Participant | None:
        """Let a session go on with new connections; None when it is not here.

        The old ones stay until what the client `announced` has come over: see `settle`.
        """
        self._refuse_ended(grant)
        old = self.participants.get(session_id)
        if old is None or old.user.id != grant.user.id or old.predecessor:
            return None
        self._waits_no_more(session_id)
        # Another SFU would have another certificate: by that the publisher of client 1.0 begins DTLS anew.
        new = self._participant(session_id, grant, channel, Identity())
        new.succeed(old, announced)
        self.participants[session_id] = new
        return new

    async def settle(self, participant: Participant) -> None:
        """When a migrating session has come over: say so on its old WebSocket, and end what it was before."""
        old = participant.predecessor
        if old is None or not participant.has_come_over:
            return
        participant.predecessor = participant.publisher.before = None
        old.send(events.SfuEvent(participant_migration_complete=events.ParticipantMigrationComplete()))
        if old.channel:
            old.channel.detach()
        await self.subscribe(*self.participants.values())
        # Client 1.0 goes on with its publishing connection, which a goodbye on the old way would end.
        old.publisher.cut()
        await old.close()

    async def leave(self, participant: Participant) -> None:
        """Remove a participant: its tracks end for everybody, its ports are freed."""
        await self._give_up_migration(participant)
        if self.participants.get(participant.session_id) is not participant:
            return
        del self.participants[participant.session_id]
        self._waits_no_more(participant.session_id)
        if participant.channel is not None:
            participant.channel.detach()
        if not self.participants:
            self.pulse.stop()
        model = self.pulse.shown(participant)
        if self.pins.pop(participant.session_id, None):
            self.tell_pins()
        await participant.close()
        left = events.ParticipantLeft(call_cid=self.cid, participant=model)
        self._tell_others(participant, events.SfuEvent(participant_left=left))
        self.tell_count()
        await self.subscribe(*self.participants.values())
        await self._observed(
            self._observer.participant_left(self.cid, participant.session_id, participant.user.id)
        )

    async def announce(self, participant: Participant) -> None:
        """Tell the coordinator of a join, and everybody how many they are."""
        self.tell_count()
        await self._observed(
            self._observer.participant_joined(self.cid, participant.session_id, participant.user.id)
        )

    def lost(self, participant: Participant, channel: Channel) -> None:
        """A WebSocket ended without goodbye: it may come back within `vanish_seconds`."""
        self._spawn(self._give_up_migration(participant))
        if self.participants.get(participant.session_id) is participant and participant.channel is channel:
            participant.channel = None
            loop = asyncio.get_running_loop()
            handle = loop.call_later(self._vanish_seconds, lambda: self._spawn(self.leave(participant)))
            self._vanishing[participant.session_id] = handle

    async def subscribe(self, *participants: Participant) -> None:
        """Bring what flows to these in line with what they asked for, what there is, and who may publish."""
        for participant in participants:
            await participant.subscriber.select(partial(self._offered, participant))
        if self._watcher:
            sources = self._sources()
            self._watcher({key: source for key, source in sources.items() if self._may_flow(key)})

    def _offered(self, participant: Participant) -> Offered:
        """Of this moment: what the participant is to get, and all that there is."""
        sources = self._sources()
        wishes = {key: _wish(participant, key) for key in sources if self._may_flow(key)}
        return {key: wish for key, wish in wishes.items() if wish}, sources

    def _sources(self) -> dict[TrackKey, Source]:
        return {key: source for each in self.participants.values() for key, source in each.sources().items()}

    def mute(self, participant: Participant, kind: int, *, muted: bool) -> None:
        """A track was muted or unmuted: to the others it is unpublished or published."""
        if participant.mute(kind, muted=muted):
            self._tell_others(participant, self.track_event(participant, kind, published=not muted))

    async def end(self, reason: int, keep: Callable[[SfuUser], bool]) -> None:
        """Send away who is not kept, with `call_ended`; tokens made until now do not let them in again."""
        self._ended = (time.time(), keep)
        event = events.SfuEvent(call_ended=events.CallEnded(reason=reason))
        for participant in list(self.participants.values()):
            if not keep(participant.user):
                participant.send(event)
                await self.leave(participant)

    async def remove(self, user_id: str) -> None:
        """Send one user away, from every session; tokens made until now do not let it in again."""
        self._removed[user_id] = time.time()
        event = events.SfuEvent(call_ended=events.CallEnded(reason=models.CALL_ENDED_REASON_KICKED))
        for participant in self.of_user(user_id):
            participant.send(event)
            await self.leave(participant)

    def permit(self, user_id: str, capabilities: frozenset[str]) -> list[Participant]:
        """From now on the user has these capabilities, whatever tokens made until now say; its sessions."""
        self._permitted[user_id] = (time.time(), capabilities)
        for participant in self.of_user(user_id):
            participant.capabilities = capabilities
        return self.of_user(user_id)

    def of_user(self, user_id: str) -> list[Participant]:
        """The sessions of one user."""
        return [each for each in self.participants.values() if each.user.id == user_id]

    async def break_off(self) -> None:
        """Drop everybody as a crash would: sockets are reset, nothing says goodbye. The coordinator sees."""
        participants = list(self.participants.values())
        for participant in participants:
            participant.cut_media()
            if participant.channel:
                participant.channel.abort()
        await self.close()
        for participant in participants:
            await self._observed(
                self._observer.participant_left(self.cid, participant.session_id, participant.user.id)
            )

    async def close(self) -> None:
        """Drop everybody without a word."""
        self.pulse.stop()
        for handle in self._vanishing.values():
            handle.cancel()
        for task in self._tasks:
            task.cancel()
        for participant in self.participants.values():
            if participant.channel is not None:
                participant.channel.detach()
            await participant.close()
        self.participants.clear()

    def state(self) -> Message:
        """`models.CallState`."""
        state = models.CallState(
            participants=[self.pulse.shown(each) for each in self.participants.values()],
            participant_count=self.count(),
            pins=self._pins(),
        )
        state.started_at.FromNanoseconds(int(self.started_at * 1_000_000_000))
        return state

    def count(self) -> Message:
        """`models.ParticipantCount`."""
        anonymous = sum(1 for each in self.participants.values() if each.user.role == ANONYMOUS)
        return models.ParticipantCount(total=len(self.participants), anonymous=anonymous)

    def tell_count(self) -> None:
        """Clients read the count from health checks: one out of turn when it changes."""
        health = events.HealthCheckResponse(participant_count=self.count())
        for participant in self.participants.values():
            participant.send(events.SfuEvent(health_check_response=health))

    def tell_pins(self) -> None:
        """Tell everybody who is pinned."""
        for participant in self.participants.values():
            participant.send(events.SfuEvent(pins_updated=events.PinsChanged(pins=self._pins())))

    def _participant(
        self, session_id: str, grant: Grant, channel: Channel, identity: Identity | None = None
    ) -> Participant:
        participant = Participant(
            session_id,
            self._as_permitted(grant),
            secrets.token_hex(8),
            identity or self._identity,
            self._track_changed,
            self._faults,
        )
        participant.channel = channel
        return participant

    async def _give_up_migration(self, old: Participant) -> None:
        """The old WebSocket of a migrating session ended: what has not come over by now will not come."""
        successor = self.participants.get(old.session_id)
        if successor is not None and successor.predecessor is old:
            successor.announced = frozenset()
            await self.settle(successor)

    def track_event(
        self,
        participant: Participant,
        kind: int,
        *,
        published: bool,
        cause: int = models.TRACK_UNPUBLISH_REASON_USER_MUTED,
    ) -> Message:
        """`track_published` or `track_unpublished`; `cause` says why the latter."""
        common = {
            "user_id": participant.user.id,
            "session_id": participant.session_id,
            "type": kind,
            "participant": self.pulse.shown(participant),
        }
        if published:
            return events.SfuEvent(track_published=events.TrackPublished(**common))
        return events.SfuEvent(track_unpublished=events.TrackUnpublished(cause=cause, **common))

    def _pins(self) -> list[Message]:
        return [models.Pin(user_id=user, session_id=session) for session, user in self.pins.items()]

    def _track_changed(self, participant: Participant, track: PublishedTrack, there: bool) -> None:
        if not track.muted:
            self._tell_others(participant, self.track_event(participant, track.type, published=there))
        key: TrackKey = (participant.session_id, track.type)
        concerned = [each for each in self.participants.values() if not there or _wish(each, key)]
        self._spawn(self.subscribe(*concerned))
        self._spawn(self.settle(participant))

    def _may_flow(self, key: TrackKey) -> bool:
        session_id, kind = key
        return self.participants[session_id].may_publish(kind)

    def _tell_others(self, participant: Participant, event: Message) -> None:
        for other in self.participants.values():
            if other is not participant:
                other.send(event)

    def _as_permitted(self, grant: Grant) -> Grant:
        since, capabilities = self._permitted.get(grant.user.id, (0.0, grant.capabilities))
        return replace(grant, capabilities=capabilities) if grant.issued < since else grant

    def _refuse_ended(self, grant: Grant) -> None:
        if self._ended and grant.issued < self._ended[0] and not self._ended[1](grant.user):
            raise SfuError(
                models.ERROR_CODE_LIVE_ENDED,
                "the call has ended for this user",
                strategy=models.WEBSOCKET_RECONNECT_STRATEGY_DISCONNECT,
            )
        if grant.issued < self._removed.get(grant.user.id, 0.0):
            raise unauthenticated("this user was removed from the call: join it again, if that is allowed")

    def _waits_no_more(self, session_id: str) -> None:
        handle = self._vanishing.pop(session_id, None)
        if handle:
            handle.cancel()

    def _spawn(self, work: Message) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _observed(self, notice: Message) -> None:
        try:
            await notice
        except Exception:
            # The coordinator's trouble must not keep anybody out of the call, or in it.
            logger.exception("the coordinator failed on a notice about %s", self.cid)


def _wish(participant: Participant, key: TrackKey) -> Wish | None:
    """Clients name the pictures that they want; everybody else's sound comes unasked.

    That of a screen, too: client 1.0 asks for it only if it is there when it asks for the screen.
    """
    session_id, kind = key
    if kind in AUDIO_TYPES and session_id != participant.session_id:
        return BEST
    return participant.wanted.get(key)


def nobody(_user: SfuUser) -> bool:
    """Keeps no one: the default of `Sfu.end_call`."""
    return False
