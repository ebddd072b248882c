"""What is made on Stream for a user who may come in: the user, the call, the user's token."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import httpx
from getstream import AsyncStream
from getstream.exceptions import StreamApiException, build_api_exception, parse_retry_after
from getstream.stream import BASE_URL

from harness.config import TokenServerSettings
from harness.token_server import second_try
from harness.token_server.connections import Answer, Connections
from harness.token_server.refusal import Refusal

TOKEN_LIFETIME = 24 * 3600  # seconds
PAUSE = 0.1  # seconds before a second try, when Stream names none
# What no second try mends: a server that is silent, has no address, or is not who it should be.
LASTING = (TimeoutError, aiohttp.ClientConnectorDNSError, aiohttp.ClientSSLError)
# The SDK tells of each request and of each failure; our own lines say the same by its step.
logging.getLogger("getstream").setLevel(logging.CRITICAL)


class StreamVideo:
    """Stream in three steps. Raises Refusal 502, 503 or 504 when Stream does not do its part.

    Stream's SDK has the key, signs the tokens and names the errors. The two requests are those of its
    `upsert_users` and `video.call(...).get_or_create`, but sent by ourselves: the SDK hands each to other
    threads and makes objects of hundreds of settings that nobody looks at, in more time than all else takes.
    """

    def __init__(self, settings: TokenServerSettings) -> None:
        self._client = AsyncStream(
            api_key=settings.stream_api_key,
            api_secret=settings.stream_api_secret.get_secret_value(),
            # Always named: left out, the SDK takes the vendor's and ignores STREAM_BASE_URL.
            base_url=settings.stream_base_url or BASE_URL,
        )
        self._connections = Connections(self._client.base_url, self._client.headers)

    async def upsert_user(self, user_id: str, name: str) -> None:
        """Make the user known under this name; a call of nobody knows nobody's name."""
        user = {"id": user_id, "name": name, "role": "user"}
        match await self._post("/api/v2/users", {"users": {user_id: user}}):
            case {"users": {**users}} if user_id in users:
                return
        raise _not_stream("the user is not in its answer")

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        """Make sure that the call exists; its owner is fixed when it is created. True if that was now."""
        path = f"/api/v2/video/call/{quote(call_type, safe='')}/{quote(call_id, safe='')}"
        match await self._post(path, {"data": {"created_by_id": owner_id}}):
            case {"call": {"cid": cid}, "created": bool(created)} if cid == f"{call_type}:{call_id}":
                return created
        raise _not_stream("the call is not in its answer")

    def user_token(self, user_id: str) -> str:
        """A token that lets this user, and only this user, connect for TOKEN_LIFETIME."""
        return str(self._client.create_token(user_id, expiration=TOKEN_LIFETIME))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()
        await self._connections.close()

    async def _post(self, path: str, wanted: object) -> Any:  # noqa: ANN401
        """Stream's answer; asked twice at most. That is safe: both say how things shall be in the end."""

        async def ask() -> object:
            answer = await self._connections.post(path, self._client.params, wanted)
            if answer.status >= 400:
                raise _api_exception(answer)
            return answer.json()

        try:
            return await _tried_twice(ask)
        except (StreamApiException, aiohttp.ClientError, TimeoutError) as error:
            raise _refusal(error) from None
        except Exception as error:  # no JSON; or the SDK took an error apart without looking at it first
            raise _not_stream(type(error).__name__) from None


async def _tried_twice(ask: Callable[[], Awaitable[object]]) -> object:
    try:
        return await ask()
    except (StreamApiException, aiohttp.ClientError, TimeoutError) as error:
        pause = _pause(error)
        if pause is None or not await second_try.granted(pause):
            raise
        return await ask()


def _api_exception(answer: Answer) -> StreamApiException:
    """The SDK's own, which knows how Stream words an error."""
    headers = {name: text for name, text in answer.headers.items() if name.lower() != "content-encoding"}
    return build_api_exception(httpx.Response(answer.status, headers=headers, content=answer.body))


def _pause(error: Exception) -> float | None:
    """Seconds after which another try may do better; None when it would not, or nobody knows when."""
    if not isinstance(error, StreamApiException):
        return None if isinstance(error, LASTING) else PAUSE
    if error.unrecoverable:
        return None
    wait = _retry_after(error)
    if error.status_code == 429:
        return None if wait is None else wait.total_seconds()
    if error.status_code >= 500:
        return PAUSE if wait is None else wait.total_seconds()
    return None


def _refusal(error: Exception) -> Refusal:
    if not isinstance(error, StreamApiException):
        status = 504 if isinstance(error, TimeoutError) else 503
        return Refusal(status, "Stream is unavailable", type(error).__name__)
    wait = _retry_after(error)
    return Refusal(
        503 if error.status_code == 429 else 502,
        "Stream is unavailable",
        # Not its message, which may quote what was sent.
        f"Stream gave {error.status_code}, code {error.code}",
        retry_after=None if wait is None else math.ceil(wait.total_seconds()),
    )


def _retry_after(error: StreamApiException) -> timedelta | None:
    response = error.http_response
    return parse_retry_after(response.headers.get("retry-after")) if response is not None else None


def _not_stream(reason: str) -> Refusal:
    return Refusal(502, "Stream is unavailable", f"not an answer of Stream: {reason}")
