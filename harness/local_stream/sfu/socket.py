"""The SFU's WebSocket: `SfuRequest` in, `SfuEvent` out, both binary protobuf."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from harness.local_stream.journal import Journal
from harness.local_stream.sfu.errors import SfuError, invalid, reconnect_failed
from harness.local_stream.sfu.participant import Participant
from harness.local_stream.sfu.protocol import DecodeError, Message, events, models
from harness.local_stream.sfu.publish_options import publish_options
from harness.local_stream.sfu.room import Room
from harness.local_stream.sfu.rooms import Rooms
from harness.local_stream.sfu.subscription import wishes
from harness.local_stream.unread import Unread

# Clients close normally when they leave, and go away when their page does. Any other end may be an accident.
GOODBYES = frozenset({1000, 1001})
DETACHED_SECONDS = 5.0

logger = logging.getLogger("sfu")


class SfuSocket:
    """One connection: first a `join_request`, then health checks, until it leaves, closes or falls silent."""

    def __init__(self, socket: WebSocket, rooms: Rooms, journal: Journal) -> None:
        self._socket = socket
        self._rooms = rooms
        self._journal = journal
        self._room: Room | None = None
        self._participant: Participant | None = None
        self._outbox: Unread[Message] = Unread()
        self._detached = False

    def send(self, event: Message) -> None:
        """Queue an `events.SfuEvent`; they leave in order."""
        name = event.WhichOneof("event_payload")
        if name not in ("health_check_response", "audio_level_changed"):
            self._record(name, direction="sent")
        self._queue(event)

    def detach(self) -> None:
        """The participant is gone or has another socket; what is queued is still sent, then it ends."""
        self._detached = True
        asyncio.get_running_loop().call_later(DETACHED_SECONDS, self._outbox.end)

    def abort(self) -> None:
        """Break the connection off, without a close frame."""
        self._socket.state.abort()

    async def run(self) -> None:
        await self._socket.accept()
        writer = asyncio.ensure_future(self._write())
        code = 1006
        try:
            code = await self._read()
        finally:
            await self._ended(code)
            self._outbox.end()
            with suppress(Exception):
                await writer

    async def _read(self) -> int:
        """Handle messages until the end; the close code (1006 when the peer fell silent)."""
        while True:
            try:
                async with asyncio.timeout(self._rooms.silence_seconds):
                    message = await self._socket.receive()
            except TimeoutError:
                return 1006
            if message["type"] == "websocket.disconnect":
                return int(message.get("code") or 1006)
            try:
                if not await self._handle(message.get("bytes") or b""):
                    return 1000
            except SfuError as error:
                self._record("error", code=error.code, message=error.message, direction="sent")
                self._queue(error.as_event())
                if self._participant is None:
                    return 1000

    async def _handle(self, data: bytes) -> bool:
        """False when the client said goodbye."""
        try:
            request = events.SfuRequest.FromString(data)
        except DecodeError:
            raise invalid("the message is no SfuRequest in binary protobuf") from None
        kind = request.WhichOneof("request_payload")
        if kind == "join_request":
            await self._join(request.join_request)
        elif kind == "health_check_request":
            self._record("HealthCheckRequest")
            if self._room and not self._detached:
                self.send(self._health())
        elif kind == "leave_call_request":
            self._record("LeaveCallRequest", reason=request.leave_call_request.reason)
            return False
        else:
            self._record("Unknown", status=400)
            raise invalid(f"expected join_request, health_check_request or leave_call_request, got {kind}")
        return True

    async def _join(self, request: Message) -> None:
        if self._participant is not None and not self._detached:
            raise invalid("this connection has joined already: leave first, or join on another one")
        details = request.reconnect_details
        grant = self._rooms.grant(request.token)
        if not request.session_id:
            raise invalid("join_request has no session_id")
        self._room = room = self._rooms.room(grant.cid)
        fast = request.fast_reconnect or details.strategy == models.WEBSOCKET_RECONNECT_STRATEGY_FAST
        resumed = room.resume(request.session_id, grant, self) if fast else None
        if fast and resumed is None:
            # Its peer connections have nobody to go on with: only new ones help.
            raise reconnect_failed(request.session_id)
        # Client 1.0 says in `migration` what later ones say among the details.
        said = request.migration if request.HasField("migration") else details
        strategy = details.strategy if said is details else models.WEBSOCKET_RECONNECT_STRATEGY_MIGRATE
        moved = None
        if strategy == models.WEBSOCKET_RECONNECT_STRATEGY_MIGRATE:
            announced = [track.track_type for track in said.announced_tracks]
            moved = room.migrate(request.session_id, grant, self, announced)
        self._participant = (
            resumed
            or moved
            or await room.join(request.session_id, grant, self, previous=details.previous_session_id)
        )
        participant = self._participant
        self._record(
            "JoinRequest",
            session_id=request.session_id,
            strategy=strategy,
            reconnected=resumed is not None,
            **({"reason": details.reason} if details.reason else {}),
        )
        if said.subscriptions and not resumed:
            participant.wanted = wishes(said.subscriptions)
        self.send(
            events.SfuEvent(
                join_response=events.JoinResponse(
                    call_state=room.state(),
                    reconnected=resumed is not None,
                    fast_reconnect_deadline_seconds=int(self._rooms.vanish_seconds),
                    publish_options=publish_options(self._rooms.camera),
                )
            )
        )
        if resumed:
            participant.repeat_quality()
            await participant.subscriber.restart()
        elif not moved:
            await room.announce(participant)
        await room.subscribe(participant)
        await room.settle(participant)

    async def _ended(self, code: int) -> None:
        participant, room = self._participant, self._room
        if participant is None or room is None or participant.channel is not self:
            return
        if code in GOODBYES:
            await room.leave(participant)
        else:
            self._record("Disconnected", code=code)
            room.lost(participant, self)

    async def _write(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            while (event := await self._outbox.next()) is not None:
                await self._socket.send_bytes(event.SerializeToString())
            await self._socket.close()

    def _queue(self, event: Message) -> None:
        """Whoever reads too little is cut off: it may come back, as after any broken connection."""
        if not self._outbox.put(event, event.ByteSize()):
            self._socket.state.abort()

    def _health(self) -> Message:
        assert self._room is not None
        return events.SfuEvent(
            health_check_response=events.HealthCheckResponse(participant_count=self._room.count())
        )

    def _record(self, operation: str, *, status: int | None = None, **detail: Message) -> None:
        participant = self._participant
        self._journal.record(
            "sfu_ws",
            operation,
            path=self._socket.url.path,
            status=status,
            user_id=participant.user.id if participant else None,
            call_cid=self._room.cid if self._room else None,
            **detail,
        )
