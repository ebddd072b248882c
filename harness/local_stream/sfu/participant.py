"""One participant of a call: who it is, what it may, and its two peer connections."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from harness.local_stream.sfu.errors import SfuError, permission_denied
from harness.local_stream.sfu.media_faults import MediaFaults
from harness.local_stream.sfu.protocol import Message, events, json_format, models
from harness.local_stream.sfu.publish_options import CAPABILITIES
from harness.local_stream.sfu.publisher import PublisherPeer
from harness.local_stream.sfu.quality import PublishQuality
from harness.local_stream.sfu.speakers import SILENCE
from harness.local_stream.sfu.subscriber import Source, SubscriberPeer
from harness.local_stream.sfu.subscription import TrackKey, Wish
from harness.local_stream.sfu.token import Grant
from harness.local_stream.sfu.track import PublishedTrack
from harness.local_stream.sfu.transport import Identity


class Channel(Protocol):
    """The WebSocket of a participant."""

    def send(self, event: Message) -> None: ...

    def detach(self) -> None: ...

    def abort(self) -> None: ...


class Participant:
    """One session of a user. `on_track` is told of each track that is there now (True) or gone (False)."""

    def __init__(
        self,
        session_id: str,
        grant: Grant,
        lookup_prefix: str,
        identity: Identity,
        on_track: Callable[[Participant, PublishedTrack, bool], None],
        faults: MediaFaults,
    ) -> None:
        self.session_id = session_id
        self.user = grant.user
        self.capabilities = grant.capabilities
        self.lookup_prefix = lookup_prefix
        self.joined_at = time.time()
        self.tracks: dict[int, PublishedTrack] = {}
        self.wanted: dict[TrackKey, Wish] = {}
        self.channel: Channel | None = None
        # While this session migrates: the participant that it was, and the tracks that are to come over.
        self.predecessor: Participant | None = None
        self.announced: frozenset[int] = frozenset()
        opener = partial(faults.opener, grant.cid, grant.user.id, session_id)
        self.publisher = PublisherPeer(identity, self, opener("publish"))
        self.subscriber = SubscriberPeer(identity, self._send_offer, opener("subscribe"))
        self._on_track = on_track
        # Kinds of tracks that were muted before they are here.
        self._muted_ahead: set[int] = set()
        self._qualities: dict[PublishedTrack, PublishQuality] = {}

    def send(self, event: Message) -> None:
        """Send an `events.SfuEvent`; nobody hears it while the WebSocket is gone."""
        if self.channel is not None:
            self.channel.send(event)

    def track_added(self, track: PublishedTrack, info: Message) -> None:
        self.tracks[track.type] = track
        if track.type in self._muted_ahead:
            self._muted_ahead.remove(track.type)
            track.muted = True
        if PublishQuality.can_be_told(track, info):
            quality = self._qualities[track] = PublishQuality(track, info, self.send)
            track.demand_changed = quality.review
            quality.review()
        self._on_track(self, track, True)

    def track_removed(self, track: PublishedTrack) -> None:
        """Nothing changes for the others when another track of this type has taken over already."""
        if track in self._qualities:
            self._qualities.pop(track).close()
        if self.tracks.get(track.type) is track:
            del self.tracks[track.type]
            self._on_track(self, track, False)

    def mute(self, kind: int, *, muted: bool) -> bool:
        """Mute or unmute its track of this kind, also one that is to come; whether that changes anything."""
        if kind not in self.tracks:
            (self._muted_ahead.add if muted else self._muted_ahead.discard)(kind)
        track = self._visible_tracks().get(kind)
        if track is None or track.muted == muted:
            return False
        track.muted = muted
        return True

    async def publish(self, sdp: str, infos: Iterable[Message]) -> str:
        """The answer to a publisher offer; raises SfuError PERMISSION_DENIED for what the token forbids."""
        infos = list(infos)
        if not infos:
            raise SfuError(models.ERROR_CODE_PUBLISH_TRACKS_MISMATCH, "SetPublisher names no track")
        for info in infos:
            self.check_may_publish(info.track_type)
        return await self.publisher.negotiate(sdp, infos)

    def may_publish(self, kind: int) -> bool:
        """Whether the capabilities of this moment allow it."""
        return CAPABILITIES.get(kind) in self.capabilities

    def check_may_publish(self, kind: int) -> None:
        """Raises SfuError PERMISSION_DENIED when it may not."""
        if not self.may_publish(kind):
            name, needed = models.TrackType.Name(kind), CAPABILITIES.get(kind)
            raise permission_denied(f"user {self.user.id!r} may not publish {name}: it lacks {needed!r}")

    def sources(self) -> dict[TrackKey, Source]:
        """What others can subscribe to, muted or not."""
        return {
            (self.session_id, kind): Source(track, self.lookup_prefix)
            for kind, track in self._visible_tracks().items()
        }

    def loudness(self) -> int:
        """Of its microphone since this was last asked, in -dBov; a muted one is silent."""
        track = self._visible_tracks().get(models.TRACK_TYPE_AUDIO)
        heard = track.loudness.take() if track else SILENCE
        return SILENCE if track and track.muted else heard

    def lost(self) -> float:
        """The fraction of packets that its worst track lost, sent or received."""
        return max(self.publisher.lost(), self.subscriber.lost())

    def as_model(self) -> Message:
        """`models.Participant` without what its room's pulse knows."""
        participant = models.Participant(
            user_id=self.user.id,
            session_id=self.session_id,
            published_tracks=sorted(
                kind for kind, track in self._visible_tracks().items() if not track.muted
            ),
            track_lookup_prefix=self.lookup_prefix,
            name=self.user.name,
            image=self.user.image,
            roles=[self.user.role],
        )
        participant.joined_at.FromNanoseconds(int(self.joined_at * 1_000_000_000))
        json_format.ParseDict(dict(self.user.custom), participant.custom)
        return participant

    def as_control(self) -> dict[str, Message]:
        """How the control API shows it: bytes of RTP, decrypted, without what was lost."""
        return {
            "user_id": self.user.id,
            "session_id": self.session_id,
            "published": [
                {"type": models.TrackType.Name(kind), "bytes": track.received_bytes, "muted": track.muted}
                for kind, track in sorted(self.tracks.items())
            ],
            "received_bytes": self.subscriber.received_bytes,
        }

    def repeat_quality(self) -> None:
        """What the client was told while its WebSocket was gone."""
        for quality in self._qualities.values():
            quality.repeat()

    @property
    def has_come_over(self) -> bool:
        """Whether all that was announced when the session migrated is published here."""
        return self.announced <= self.tracks.keys()

    def succeed(self, old: Participant, announced: Iterable[int]) -> None:
        """Take the place of `old`, which goes on until the tracks that were announced are here."""
        self.predecessor, self.announced = old, frozenset(announced) & old.tracks.keys()
        self.joined_at, self.lookup_prefix = old.joined_at, old.lookup_prefix
        self.publisher.before = old.publisher
        self._muted_ahead = {kind for kind, track in old.tracks.items() if track.muted}

    def cut_media(self) -> None:
        """Break both peer connections; signalling goes on."""
        self.publisher.cut()
        self.subscriber.cut()

    def _visible_tracks(self) -> dict[int, PublishedTrack]:
        before = self.predecessor.tracks if self.predecessor else {}
        return {**before, **self.tracks}

    async def close(self) -> None:
        if self.predecessor:
            await self.predecessor.close()
        for quality in self._qualities.values():
            quality.close()
        await self.publisher.close()
        await self.subscriber.close()

    def _send_offer(self, sdp: str, ice_restart: bool) -> None:
        self.send(events.SfuEvent(subscriber_offer=events.SubscriberOffer(sdp=sdp, ice_restart=ice_restart)))
