"""The SFU: media of every call, forwarded and never decoded."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any, Literal

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from harness.local_stream.journal import Journal
from harness.local_stream.sfu import moderation, outages
from harness.local_stream.sfu.media_faults import MediaFaults
from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.publish_options import CameraOptions
from harness.local_stream.sfu.room import SfuObserver, Watcher, nobody
from harness.local_stream.sfu.rooms import SILENCE_SECONDS, VANISH_SECONDS, Rooms
from harness.local_stream.sfu.signal_rpc import SignalServer
from harness.local_stream.sfu.socket import SfuSocket
from harness.local_stream.sfu.token import Grant, SfuUser, mint

EDGE_NAME = "sfu-local"
REASONS = {"ended": models.CALL_ENDED_REASON_ENDED, "live_ended": models.CALL_ENDED_REASON_LIVE_ENDED}


class Sfu:
    """One SFU inside a Starlette application.

    `faults`: what disturbs its media on demand.
    `camera`: what clients are asked to send of theirs.
    `vanish_seconds`: how long a participant whose WebSocket broke may come back before it is removed.
    `silence_seconds`: how long a WebSocket may say nothing before it counts as broken.
    """

    def __init__(
        self,
        secret: str,
        journal: Journal,
        observer: SfuObserver,
        *,
        camera: CameraOptions = CameraOptions(),  # noqa: B008 - it cannot be changed
        vanish_seconds: float = VANISH_SECONDS,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._secret = secret
        self._journal = journal
        self.faults = MediaFaults(journal)
        self._rooms = Rooms(
            secret,
            observer,
            faults=self.faults,
            camera=camera,
            vanish_seconds=vanish_seconds,
            silence_seconds=silence_seconds,
        )
        self._signal = SignalServer(self._rooms, journal)

    def routes(self) -> list[BaseRoute]:
        """To mount under `/sfu`. Pages are on other origins, so the RPC answers CORS itself."""
        cors = Middleware(
            CORSMiddleware, allow_origins=["*"], allow_methods=["POST"], allow_headers=["*"], max_age=86_400
        )
        rpc = Route("/{service}/{method}", self._signal.serve, methods=["POST"])
        return [Mount("/twirp", routes=[rpc], middleware=[cors]), WebSocketRoute("/ws", self._socket)]

    def credentials(self, base_url: str, cid: str, user: SfuUser, capabilities: Set[str]) -> dict[str, Any]:
        """`credentials` of a join response; `base_url` is where the application is, as `http://host:port`.

        No ICE servers: every peer is on this machine.
        """
        token = mint(self._secret, Grant(cid, user, frozenset(capabilities)))
        return {
            "server": {
                "edge_name": EDGE_NAME,
                "url": f"{base_url}/sfu/twirp",
                "ws_endpoint": f"{base_url.replace('http', 'ws', 1)}/sfu/ws",
            },
            "token": token,
            "ice_servers": [],
        }

    async def end_call(
        self, cid: str, reason: Literal["ended", "live_ended"], keep: Callable[[SfuUser], bool] = nobody
    ) -> None:
        """Tell who is not kept that the call is over, and remove them; nothing when nobody is in the call."""
        room = self._rooms.find(cid)
        if room is not None:
            await room.end(REASONS[reason], keep)

    async def remove(self, cid: str, user_id: str) -> None:
        """Send one user away, whose tokens made until now are good for nothing any more."""
        await self._rooms.room(cid).remove(user_id)

    def mute(self, cid: str, user_ids: Set[str], tracks: Set[str]) -> None:
        """Mute `tracks` (audio, video, screenshare, screenshare_audio) of these users."""
        room = self._rooms.find(cid)
        if room is not None:
            moderation.mute(room, user_ids, tracks)

    async def permit(self, cid: str, user_id: str, capabilities: Set[str]) -> None:
        """From now on the user has these capabilities, whatever tokens made until now say."""
        await moderation.permit(self._rooms.room(cid), user_id, frozenset(capabilities))

    def pin(self, cid: str, user_id: str, session_id: str, *, pinned: bool) -> bool:
        """Pin or unpin one session for everybody; False when it is not in the call."""
        room = self._rooms.find(cid)
        participant = room.participants.get(session_id) if room else None
        if room is None or participant is None or participant.user.id != user_id:
            return False
        if pinned:
            room.pins[session_id] = user_id
        else:
            room.pins.pop(session_id, None)
        room.tell_pins()
        return True

    async def outage(self, action: str, call_cid: str | None, user_id: str | None) -> list[str] | None:
        """`go_away`, `cut_signalling` or `cut_media` for who matches, or `restart` for all: whom it hit.

        None when there is no such action.
        """
        if action == "restart":
            return await outages.restart(self._rooms)
        return outages.suffer(self._rooms, action, call_cid, user_id) if action in outages.ACTIONS else None

    def participants(self, cid: str) -> list[dict[str, Any]]:
        """`[{"user_id", "session_id", "published": [{"type", "bytes", "muted"}], "received_bytes"}]`."""
        room = self._rooms.find(cid)
        return [each.as_control() for each in room.participants.values()] if room else []

    def watch(self, cid: str, watcher: Watcher | None) -> None:
        """From now on tell `watcher`, and nobody else, what flows in the call when that changes."""
        room = self._rooms.find(cid) if watcher is None else self._rooms.room(cid)
        if room is not None:
            room.watch(watcher)

    async def reset(self) -> None:
        """Drop every call and every fault."""
        self.faults.clear()
        await self._rooms.close()

    async def close(self) -> None:
        """Drop every call and free all ports."""
        await self._rooms.close()

    async def _socket(self, socket: WebSocket) -> None:
        await SfuSocket(socket, self._rooms, self._journal).run()
