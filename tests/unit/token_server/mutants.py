"""Token servers that are wrong in one thing: the checks exist to find them.

Each is a factory like `create_app`, so that a test can serve it in place of the reference server.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import uuid4

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.config import TokenServerSettings
from harness.token_server.app import create_app
from harness.token_server.stream import StreamVideo

asker: ContextVar[str] = ContextVar("asker")
Factory = Callable[[TokenServerSettings], ASGIApp]


class CreatesAsAsker(StreamVideo):
    """The seed's own defect: whoever asks first owns the call."""

    async def upsert_user(self, user_id: str, name: str) -> None:
        asker.set(user_id)
        await super().upsert_user(user_id, name)

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        return await super().ensure_call(call_type, call_id, asker.get(owner_id))


class CreatesNothing(StreamVideo):
    """Says that the call exists, and has not made it."""

    async def ensure_call(self, *_: object, **__: object) -> bool:
        return True


class SaysCreatedEachTime(StreamVideo):
    """Whoever asks is told to be the first."""

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        await super().ensure_call(call_type, call_id, owner_id)
        return True


class CreatesAnotherEachTime(StreamVideo):
    """The call gets an id of its own with every request, beside the right one."""

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        await super().ensure_call(call_type, f"{call_id}-{uuid4().hex[:6]}", owner_id)
        return await super().ensure_call(call_type, call_id, owner_id)


class ShortensNames(StreamVideo):
    """Users are known by their initial alone."""

    async def upsert_user(self, user_id: str, name: str) -> None:
        await super().upsert_user(user_id, name[:1])


class SignsForAWeek(StreamVideo):
    """Tokens live seven times as long as they may."""

    def user_token(self, user_id: str) -> str:
        return str(self._client.create_token(user_id, expiration=7 * 24 * 3600))


class SignsForAdmins(StreamVideo):
    """Tokens carry a role."""

    def user_token(self, user_id: str) -> str:
        return str(self._client.create_call_token(user_id, role="admin", expiration=24 * 3600))


def with_stream(kind: type[StreamVideo]) -> Factory:
    """The reference server, with this in place of its Stream client."""
    return lambda settings: create_app(settings, kind(settings))


def with_replies(edit: Callable[[Reply], None]) -> Factory:
    """The reference server, each of whose replies is edited before it leaves."""
    return lambda settings: Edited(create_app(settings), edit)


@dataclass
class Reply:
    """One answer, to be changed in place."""

    status: int
    headers: dict[str, str]
    body: bytes


class Edited:
    """ASGI middleware that holds a reply back until it is whole, and edits it."""

    def __init__(self, app: ASGIApp, edit: Callable[[Reply], None]) -> None:
        self._app, self._edit = app, edit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        parts: list[Message] = []

        async def hold(message: Message) -> None:
            parts.append(message)

        await self._app(scope, receive, hold)
        headers = {name.decode(): value.decode() for name, value in parts[0]["headers"]}
        headers.pop("content-length", None)
        reply = Reply(parts[0]["status"], headers, b"".join(part.get("body", b"") for part in parts[1:]))
        self._edit(reply)
        await Response(reply.body, reply.status, reply.headers)(scope, receive, send)


def another_call_id(reply: Reply) -> None:
    """The answer names a call that nobody asked for."""
    if reply.status == 200 and b"callId" in reply.body:
        reply.body = json.dumps({**json.loads(reply.body), "callId": str(uuid4())}).encode()


def one_field_more(reply: Reply) -> None:
    """The answer says more than it should."""
    if reply.status == 200:
        reply.body = json.dumps({**json.loads(reply.body), "role": "user"}).encode()


def no_cors_on_401(reply: Reply) -> None:
    """A page cannot read that its session is bad."""
    if reply.status == 401:
        reply.headers = {
            name: text for name, text in reply.headers.items() if not name.startswith("access-control")
        }


def no_cors_on_405(reply: Reply) -> None:
    """A page cannot read that it asked by another method."""
    if reply.status == 405:
        del reply.headers["access-control-allow-origin"]


def no_cors_on_413(reply: Reply) -> None:
    """A page cannot read that it sent too much."""
    if reply.status == 413:
        del reply.headers["access-control-allow-origin"]


def no_cors_for_authorization(reply: Reply) -> None:
    """A page may not send its session."""
    reply.headers["access-control-allow-headers"] = "*"


def tells_why_a_session_is_bad(reply: Reply) -> None:
    """401 in other words."""
    reply.body = reply.body.replace(b"Invalid auth", b"Signature verification failed")


def missing_call_id_is_a_500(reply: Reply) -> None:
    """The client's mistake is told as the server's."""
    reply.status = 500 if reply.status == 400 else reply.status
