"""The coordinator's WebSocket: one message with the token in, then events out and health checks both ways.

In: `{token, user_details, products}`, then `[{type: "health.check", client_id}]` again and again.
Out: `connection.ok` or `connection.error` first, then events; each a JSON object with `type`. When the token
expires, `connection.error` with code 40 is the last: clients then fetch a new token and connect anew.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from harness.local_stream.coordinator.alarms import Alarm
from harness.local_stream.coordinator.body import parse_object
from harness.local_stream.coordinator.connections import Connection
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.encoding import dump, iso
from harness.local_stream.coordinator.errors import ApiError, Code
from harness.local_stream.coordinator.spoiling import GARBAGE, deliver, refusal, waited
from harness.local_stream.coordinator.tokens import token_expired
from harness.local_stream.coordinator.users import User, own_user_response, read_user
from harness.local_stream.coordinator.values import mapping, text
from harness.local_stream.fault_rule import Rule

OPERATION = "Connect"
# How long a client may take to say who it is.
PATIENCE_SECONDS = 10.0
NORMAL_CLOSURE = 1000
# What a client says of its user that the coordinator takes over; a role is not among it.
DETAILS = ("name", "image", "language", "invisible", "custom")


class CoordinatorSocket:
    """Serves `/video/connect`."""

    def __init__(self, coordinator: Coordinator) -> None:
        self._coordinator = coordinator

    async def serve(self, websocket: WebSocket) -> None:
        """From the handshake to the end of one connection."""
        await websocket.accept()
        with suppress(WebSocketDisconnect):
            try:
                user, expires = await self._introduced(websocket)
                rule = await self._suffered(user)
            except ApiError as error:
                await self._refuse(websocket, error)
                return
            if rule and rule.drop:
                self._record(None, user.id, dropped=True)
                websocket.state.abort()
                return
            await self._converse(websocket, user, expires, rule)

    async def _introduced(self, websocket: WebSocket) -> tuple[User, float | None]:
        tokens = self._coordinator.tokens
        tokens.check_key(websocket.query_params.get("api_key"))
        try:
            message = parse_object(await asyncio.wait_for(_text(websocket), PATIENCE_SECONDS))
        except TimeoutError:
            raise ApiError(401, Code.AUTHENTICATION, "no token came in time") from None
        caller = tokens.caller(text(message, "token"), websocket.query_params.get("stream-auth-type"))
        details = mapping(message, "user_details") or {}
        if caller.user_id is None or caller.anonymous:
            raise ApiError(401, Code.AUTHENTICATION, "only a user with a token of its own may connect")
        if text(details, "id") not in (None, caller.user_id):
            raise ApiError(401, Code.AUTHENTICATION, "the token is of another user than user_details.id")
        self._coordinator.check_admitted(caller)
        known = {name: details.get(name) for name in DETAILS}
        user = self._coordinator.users.upsert(read_user({**known, "id": caller.user_id}))
        return user, caller.expires

    async def _suffered(self, user: User) -> Rule | None:
        """The fault that hits this connection, its delay over; raises the error that it answers with."""
        rule = self._coordinator.faults.bite("ws", OPERATION, user_id=user.id)
        if rule is None:
            return None
        await waited(rule)
        if error := refusal(rule):
            raise error
        return rule

    async def _refuse(self, websocket: WebSocket, error: ApiError) -> None:
        await websocket.send_text(self._error(error, "", None))
        await websocket.close(NORMAL_CLOSURE, error.message(OPERATION)[:120])

    def _error(self, error: ApiError, connection_id: str, user_id: str | None) -> str:
        self._record(error.status, user_id, code=int(error.code), message=error.message(OPERATION))
        return self._frame("connection.error", connection_id, error=error.body(OPERATION, "0.00ms"))

    async def _converse(
        self, websocket: WebSocket, user: User, expires: float | None, rule: Rule | None
    ) -> None:
        connection = self._coordinator.publisher.connect(user)
        self._record(101, user.id, connection_id=connection.id)
        hello = self._frame("connection.ok", connection.id, me=own_user_response(user))
        connection.send(GARBAGE if rule and rule.garbage else hello)
        if rule and rule.close_code is not None:
            connection.close(rule.close_code)
        sending = asyncio.create_task(_send(websocket, connection))
        connection.cut = sending.cancel
        receiving = asyncio.create_task(self._receive(websocket, connection))
        expiry = self._when_expired(connection, expires)
        try:
            await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if expiry:
                expiry.cancel()
            known = self._coordinator.publisher.disconnect(connection)
            sending.cancel()
            receiving.cancel()
            await asyncio.gather(sending, receiving, return_exceptions=True)
        if known:  # one from before a reset is no matter of the journal after it
            self._record(None, user.id, connection_id=connection.id, closed=True)

    def _when_expired(self, connection: Connection, expires: float | None) -> Alarm | None:
        if expires is None:
            return None

        def tell() -> None:
            connection.send(self._error(token_expired(), connection.id, connection.user.id))
            # The JS client makes nothing of the first error on an open connection, and after code 1000 it
            # would stay away: after any other it connects, is refused with 40, and then loads a new token.
            connection.close()

        return self._coordinator.alarms.at(expires, tell)

    async def _receive(self, websocket: WebSocket, connection: Connection) -> None:
        while True:
            if _is_health_check(await _text(websocket)):
                rule = self._coordinator.faults.bite("ws", "health.check", user_id=connection.user.id)
                deliver(connection, self._frame("health.check", connection.id, cid="", custom={}), rule)

    def _frame(self, event: str, connection_id: str, **detail: object) -> str:
        body = {"type": event, "connection_id": connection_id, "created_at": self._coordinator.source.now()}
        return dump(body | detail, iso)

    def _record(self, status: int | None, user_id: str | None, **detail: object) -> None:
        self._coordinator.journal.record(
            "ws",
            OPERATION,
            method="GET",
            path="/video/connect",
            status=status,
            user_id=user_id,
            call_cid=None,
            **detail,
        )


async def _text(websocket: WebSocket) -> str:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", NORMAL_CLOSURE))
    # A binary frame says nothing here.
    return message.get("text") or ""


async def _send(websocket: WebSocket, connection: Connection) -> None:
    while (frame := await connection.next_frame()) is not None:
        await websocket.send_text(frame)
    await websocket.close(connection.closing_code)


def _is_health_check(said: str) -> bool:
    try:
        parsed = json.loads(said)
    except (ValueError, RecursionError):
        return False
    first = parsed[0] if isinstance(parsed, list) and parsed else parsed
    return isinstance(first, dict) and first.get("type") == "health.check"
