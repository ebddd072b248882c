"""A right server behind a wrong one: what it is asked and what it answers are edited on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Asked:
    """One request, as it came."""

    method: str
    headers: Headers
    body: bytes


@dataclass
class Reply:
    """One answer, to be changed in place, and the request that led to it."""

    status: int
    headers: dict[str, str]
    body: bytes
    asked: Asked


def as_it_is(body: bytes) -> bytes:
    """The body of a request, not edited."""
    return body


class Edited:
    """ASGI middleware that holds a reply back until it is whole, and edits it; `read` edits what is asked."""

    def __init__(
        self, app: ASGIApp, edit: Callable[[Reply], None], read: Callable[[bytes], bytes] = as_it_is
    ) -> None:
        self._app, self._edit, self._read = app, edit, read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Asked(scope["method"], Headers(scope=scope), await _whole(receive))
        passed_on: Message = {"type": "http.request", "body": self._read(asked.body), "more_body": False}
        parts: list[Message] = []

        async def give() -> Message:
            return passed_on

        async def hold(message: Message) -> None:
            parts.append(message)

        await self._app(scope, give, hold)
        headers = {name.decode(): value.decode() for name, value in parts[0]["headers"]}
        headers.pop("content-length", None)
        body = b"".join(part.get("body", b"") for part in parts[1:])
        reply = Reply(parts[0]["status"], headers, body, asked)
        self._edit(reply)
        await Response(reply.body, reply.status, reply.headers)(scope, receive, send)


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
