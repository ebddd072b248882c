"""What a fault does to an answer or an event on its way out."""

from __future__ import annotations

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from harness.local_stream.coordinator.connections import Connection
from harness.local_stream.coordinator.errors import ApiError, Code
from harness.local_stream.fault_rule import Rule

# What a broken proxy says, with a 200.
GARBAGE = "<html><body>502 Bad Gateway</body></html>"
_CODES = {
    400: Code.INPUT,
    401: Code.AUTHENTICATION,
    403: Code.NOT_ALLOWED,
    404: Code.NOT_FOUND,
    429: Code.RATE_LIMIT,
}


class Dropped(Response):
    """No answer: the connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del send
        scope["state"]["abort"]()
        while (await receive())["type"] != "http.disconnect":
            pass


async def waited(rule: Rule) -> None:
    """Let the rule's delay pass."""
    await asyncio.sleep(rule.delay_ms / 1000)


def refusal(rule: Rule) -> ApiError | None:
    """The error that the rule answers with, if that is what it does."""
    if rule.status is None:
        return None
    code = _CODES.get(rule.status, Code.INTERNAL) if rule.code is None else rule.code
    detail = rule.message or "injected by a fault rule of the local Stream"
    return ApiError(rule.status, code, detail, unrecoverable=rule.unrecoverable)


def spoilt(rule: Rule) -> Response | None:
    """What goes out in place of the answer; None when the answer itself does."""
    if rule.drop:
        return Dropped()
    return Response(GARBAGE, media_type="application/json") if rule.garbage else None


def deliver(connection: Connection, frame: str, rule: Rule | None) -> None:
    """Send an event, as the rule has it if there is one. Who is late is overtaken by those that are not."""
    if rule is None:
        connection.send(frame)
    elif rule.delay_ms:
        asyncio.get_running_loop().call_later(rule.delay_ms / 1000, _deliver, connection, frame, rule)
    else:
        _deliver(connection, frame, rule)


def _deliver(connection: Connection, frame: str, rule: Rule) -> None:
    if rule.close_code is not None:
        connection.close(rule.close_code)
    elif rule.garbage:
        connection.send(GARBAGE)
    elif not rule.drop:
        for _ in range(2 if rule.duplicate else 1):
            connection.send(frame)
