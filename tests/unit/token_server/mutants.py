"""Token servers that are wrong in one thing: the checks exist to find them.

Each is a factory like `create_app`, so that a test can serve it in place of the reference server.
"""

from __future__ import annotations

import json
import logging
import time
from base64 import b64encode
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

import jwt
from getstream.models import MemberRequest
from starlette.types import ASGIApp

from harness.config import TokenServerSettings
from harness.token_server.app import create_app
from harness.token_server.stream import TOKEN_LIFETIME, StreamVideo
from tests.unit.token_server.edited import Edited, Reply

asker: ContextVar[str] = ContextVar("asker")
Factory = Callable[[TokenServerSettings], ASGIApp]
log = logging.getLogger("token_server")


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


class SignsOlderEachTime(StreamVideo):
    """Who renews a token gets one that ends sooner."""

    _minutes = 0

    def user_token(self, user_id: str) -> str:
        issued = int(time.time()) - 60 * self._minutes
        self._minutes += 1
        claims = {"user_id": user_id, "iat": issued, "exp": issued + TOKEN_LIFETIME}
        return jwt.encode(claims, self._client.api_secret, "HS256")


class StopsTheShow(StreamVideo):
    """Whoever asks for a token brings the call back to backstage."""

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        created = await super().ensure_call(call_type, call_id, owner_id)
        await self._client.video.call(call_type, call_id).stop_live()
        return created


class AddsMembers(StreamVideo):
    """Whoever asks for a token becomes one more member of the call."""

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        created = await super().ensure_call(call_type, call_id, owner_id)
        if not created:
            member = MemberRequest(user_id=str(uuid4()), role="user")
            await self._client.video.call(call_type, call_id).update_call_members(update_members=[member])
        return created


class LogsTheCallTwice(StreamVideo):
    """One step of a request is told by two lines."""

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        facts = json.dumps({"callType": call_type, "callId": call_id})
        log.info("[stream-video-token] Call created/verified on Stream servers %s", facts)
        return await super().ensure_call(call_type, call_id, owner_id)


class LogsTokens(StreamVideo):
    """The log tells what was granted."""

    def user_token(self, user_id: str) -> str:
        token = super().user_token(user_id)
        log.info("[stream-video-token] Token generated %s", json.dumps({"token": token}))
        return token


class LogsHalfASecret(StreamVideo):
    """The log tells how the secret begins."""

    def user_token(self, user_id: str) -> str:
        secret = str(self._client.api_secret)
        log.info("[stream-video-token] Signing with %s...", secret[: len(secret) // 2])
        return super().user_token(user_id)


def with_stream(kind: type[StreamVideo]) -> Factory:
    """The reference server, with this in place of its Stream client."""
    return lambda settings: create_app(settings, kind(settings))


def with_replies(edit: Callable[[Reply], None]) -> Factory:
    """The reference server, each of whose replies is edited before it leaves."""
    return lambda settings: Edited(create_app(settings), edit)


def with_requests(read: Callable[[bytes], bytes]) -> Factory:
    """The reference server, which gets each body edited."""
    return lambda settings: Edited(create_app(settings), lambda _: None, read)


def leaking(leak: Callable[[Reply, str], None]) -> Factory:
    """The reference server, with Stream's secret put into its replies by `leak`."""

    def make(settings: TokenServerSettings) -> ASGIApp:
        secret = settings.stream_api_secret.get_secret_value()
        return Edited(create_app(settings), lambda reply: leak(reply, secret))

    return make


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


def call_type_is_needed(reply: Reply) -> None:
    """Who leaves the call's type out is told to name it."""
    if b"callId" in reply.asked.body and not _sent(reply).get("callType"):
        refuse(reply, 400, "Missing callType parameter")


def echoes_every_origin(reply: Reply) -> None:
    """There is no allow-list, though it looks like one."""
    reply.headers["access-control-allow-origin"] = reply.asked.headers.get("origin", "")


def allows_all_origins(reply: Reply) -> None:
    """There is no allow-list at all."""
    reply.headers["access-control-allow-origin"] = "*"


def compares_how_an_origin_begins(reply: Reply) -> None:
    """Whoever registers a longer name may read the answers."""
    origin = reply.asked.headers.get("origin", "")
    if origin.startswith("http://pages.example"):
        reply.headers["access-control-allow-origin"] = origin


def takes_null_for_an_origin(reply: Reply) -> None:
    """A page in a sandboxed frame, of whatever origin, may read the answers."""
    if reply.asked.headers.get("origin") == "null":
        reply.headers["access-control-allow-origin"] = "null"


def forgets_vary(reply: Reply) -> None:
    """A cache may hand one origin's answer to another."""
    del reply.headers["vary"]


def secret_in_a_header(reply: Reply, secret: str) -> None:
    """A trace for developers tells too much."""
    if reply.status == 401:
        reply.headers["x-debug"] = f"signed with {secret}"


def secret_in_base64(reply: Reply, secret: str) -> None:
    """What looks like an id of the error is half the secret."""
    if reply.status == 404:
        refuse(reply, 404, "Party not found " + b64encode(f"id={secret[:32]}".encode()).decode())


def array_is_a_500(reply: Reply) -> None:
    """A body that is an array was not thought of."""
    if reply.asked.body.lstrip().startswith(b"["):
        refuse(reply, 500, "Internal error")


def surrogate_is_a_500(reply: Reply) -> None:
    """A text that UTF-8 cannot say was not thought of."""
    if b"\\ud8" in reply.asked.body:
        refuse(reply, 500, "Internal error")


def tells_its_traceback(reply: Reply) -> None:
    """The client learns what the code looks like."""
    if reply.status == 400:
        refuse(reply, 400, 'Traceback (most recent call last): File "app.py", line 7, in answer')


def error_without_ok(reply: Reply) -> None:
    """An error in a shape of its own."""
    if 400 <= reply.status < 500:
        reply.body = json.dumps({"error": json.loads(reply.body)["error"]}).encode()


def trims_call_ids(body: bytes) -> bytes:
    """Another spelling of a party's id is taken for that id."""
    try:
        wanted = json.loads(body)
        return json.dumps({**wanted, "callId": wanted["callId"].strip(" {}").lower()}).encode()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return body


def no_allow(reply: Reply) -> None:
    """405 does not say what would be right."""
    reply.headers.pop("allow", None)


def other_method_is_a_404(reply: Reply) -> None:
    """Another method finds nothing."""
    if reply.status == 405:
        reply.status = 404


def head_is_a_200(reply: Reply) -> None:
    """HEAD is answered as if there were something to see."""
    if reply.asked.method == "HEAD":
        reply.status = 200


def refuse(reply: Reply, status: int, error: str) -> None:
    """Make it an error in the right shape."""
    reply.status, reply.body = status, json.dumps({"ok": False, "error": error}).encode()


def _sent(reply: Reply) -> dict[str, Any]:
    return dict(json.loads(reply.asked.body))
