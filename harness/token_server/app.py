"""The token endpoint on one page: who asks, for which party, and what they need to come in.

200 is `{ok: true, token, userId, userName, apiKey, callType, callId}`, all else is `{ok: false, error}`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.config import TokenServerSettings
from harness.token_server import second_try
from harness.token_server.body import read_body, wanted_call
from harness.token_server.cors import Cors
from harness.token_server.display_name import display_name
from harness.token_server.framing import Framing
from harness.token_server.head_limit import HeadLimit
from harness.token_server.limits import TIME_LIMIT
from harness.token_server.rate_limit import RateLimit
from harness.token_server.refusal import Refusal
from harness.token_server.session import Sessions
from harness.token_server.steps import Steps
from harness.token_server.stream import TOKEN_LIFETIME, StreamVideo
from harness.token_server.supabase import Supabase

PATH = "/.netlify/functions/stream-video-token"
CLOSE = {"connection": "close"}  # where its end is unclear, whatever comes next is, too
NO_STORE = {"cache-control": "no-store"}  # an answer may hold a token


class TokenEndpoint:
    """The endpoint of one app: its Supabase says who may ask, its Stream gets the call."""

    def __init__(self, settings: TokenServerSettings, supabase: Supabase, stream: StreamVideo) -> None:
        self._api_key, self._supabase, self._stream = settings.stream_api_key, supabase, stream
        self._sessions = Sessions(settings, supabase)
        self._rate_limit = RateLimit(settings.rate_limit)

    async def answer(self, request: Request) -> Response:
        """Answer one request; nothing that goes wrong leaves this function as anything but an answer."""
        if request.method == "OPTIONS":  # a browser asks before it sends the session here; Cors answers it
            return Response(status_code=204)
        steps = Steps()
        try:
            async with asyncio.timeout(TIME_LIMIT) as limit:
                second_try.allow_one(until=limit.when())
                return JSONResponse({"ok": True, **await self._grant(request, steps)}, headers=NO_STORE)
        except Refusal as refusal:
            steps("Refused", status=refusal.status, error=refusal.error, reason=refusal.reason)
            return refused(refusal.status, refusal.error, refusal.headers)
        except TimeoutError:
            steps("Refused", status=504, error="Timed out")
            return refused(504, "Timed out")
        except Exception:
            steps.failed("Failed")
            return refused(500, "Internal error")

    async def _grant(self, request: Request, steps: Steps) -> dict[str, str]:
        body = await read_body(request)
        user = await self._sessions.user(request.headers.getlist("authorization"))
        self._rate_limit.count(user.id)  # only now: nobody can use up another's share
        call_type, call_id = wanted_call(body, request.headers.getlist("content-encoding"))
        steps.know(callType=call_type, callId=call_id, userId=user.id)
        steps("Session verified")

        party, profile_name = await asyncio.gather(
            self._supabase.party(call_id), self._supabase.profile_name(user.id)
        )
        name = display_name(profile_name, user.session_name)
        steps("Party found", hostId=party.host_id)

        await self._stream.upsert_user(user.id, name)
        steps("User upserted on Stream")

        # The creator of a call owns it, so it is the party's host, whoever happens to ask first.
        created = await self._stream.ensure_call(call_type, party.id, owner_id=party.host_id)
        steps("Call created/verified on Stream servers", created=created)

        token = self._stream.user_token(user.id)
        steps("Token generated", lifetime=TOKEN_LIFETIME)
        return {
            "token": token,
            "userId": user.id,
            "userName": name,
            "apiKey": self._api_key,
            "callType": call_type,
            "callId": party.id,
        }


def refused(status: int, error: str, headers: dict[str, str] | None = None) -> Response:
    """An answer without a token, in the one shape that all of them have."""
    return JSONResponse({"ok": False, "error": error}, status, {**NO_STORE, **(headers or {})})


async def healthz(_: Request) -> Response:
    """Ready as soon as it listens: it holds no connection that could be missing."""
    return JSONResponse({"ok": True})


async def unroutable(_: Request, error: Exception) -> Response:
    """404 and 405 of the router in our own shape, with the router's headers (`Allow`)."""
    assert isinstance(error, HTTPException)
    return refused(error.status_code, error.detail, dict(error.headers or {}))


def create_app(settings: TokenServerSettings, stream: StreamVideo | None = None) -> Starlette:
    """The server as an ASGI application; `stream` in place of the one that `settings` describe."""
    supabase = Supabase(settings)
    video = stream or StreamVideo(settings)
    endpoint = TokenEndpoint(settings, supabase, video)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await supabase.close()
        await video.close()

    app = Starlette(
        routes=[
            Route(PATH, endpoint.answer, methods=["POST", "OPTIONS"]),
            Route("/healthz", healthz),
        ],
        middleware=[
            Middleware(Cors, origins=settings.allowed_origins),
            Middleware(HeadLimit, too_large=lambda: refused(431, "Headers too large")),
            Middleware(Framing, ambiguous=lambda: refused(400, "Ambiguous body length", CLOSE)),
        ],
        exception_handlers={HTTPException: unroutable},
        lifespan=lifespan,
    )
    # Another path is another path: a redirect would be made of the Host header, which anybody can write.
    app.router.redirect_slashes = False
    return app
