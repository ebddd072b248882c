"""What is made on Stream for a user who may come in: the user, the call, the user's token."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from getstream import AsyncStream
from getstream.exceptions import (
    StreamApiException,
    StreamException,
    StreamTransportException,
    parse_retry_after,
)
from getstream.models import CallRequest, GetOrCreateCallRequest, UserRequest
from getstream.stream import BASE_URL

from harness.config import TokenServerSettings
from harness.token_server import connections, second_try
from harness.token_server.refusal import Refusal

TOKEN_LIFETIME = 24 * 3600  # seconds
GET_OR_CREATE = "/api/v2/video/call/{type}/{id}"
PAUSE = 0.1  # seconds before a second try, when Stream names none
AnswerT = TypeVar("AnswerT")
# The SDK tells of each request and of each failure; our own lines say the same by its step.
logging.getLogger("getstream").setLevel(logging.CRITICAL)


class StreamVideo:
    """Stream's server SDK in three steps. Raises Refusal 502, 503 or 504 when Stream does not do its part.

    The SDK's own retries are off, as it comes, and would not be for these calls: it repeats reads alone.
    """

    def __init__(self, settings: TokenServerSettings) -> None:
        # Always named: left out, the SDK takes the vendor's and ignores STREAM_BASE_URL.
        base_url = settings.stream_base_url or BASE_URL
        self._http = connections.pool(base_url)
        self._client = AsyncStream(
            api_key=settings.stream_api_key,
            api_secret=settings.stream_api_secret.get_secret_value(),
            base_url=base_url,
            http_client=self._http,
            request_timeout=connections.TIME_LIMIT,
        )

    async def upsert_user(self, user_id: str, name: str) -> None:
        """Make the user known under this name; a call of nobody knows nobody's name."""
        user = UserRequest(id=user_id, name=name, role="user")
        answer = await _answered(lambda: self._client.upsert_users(user))
        if user_id not in (answer.data.users or {}):
            raise _not_stream("the user is not in its answer")

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        """Make sure that the call exists; its owner is fixed when it is created. True if that was now."""
        wanted = GetOrCreateCallRequest(data=CallRequest(created_by_id=owner_id)).to_dict()
        names = {"type": call_type, "id": call_id}
        # What `video.call(...).get_or_create(...)` asks, too; that one makes objects of hundreds of settings,
        # which nobody looks at, in more time than the rest of a request takes.
        answer = await _answered(
            lambda: self._client.video.post(GET_OR_CREATE, dict[str, Any], path_params=names, json=wanted)
        )
        match answer.data:
            case {"call": {"cid": cid}, "created": bool(created)} if cid == f"{call_type}:{call_id}":
                return created
        raise _not_stream("the call is not in its answer")

    def user_token(self, user_id: str) -> str:
        """A token that lets this user, and only this user, connect for TOKEN_LIFETIME."""
        return str(self._client.create_token(user_id, expiration=TOKEN_LIFETIME))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()
        await self._http.aclose()


async def _answered(ask: Callable[[], Awaitable[AnswerT]]) -> AnswerT:
    """Stream's answer; asked twice at most. That is safe: both calls say how things shall be in the end."""
    try:
        try:
            return await ask()
        except StreamException as error:
            pause = _pause(error)
            if pause is None or not await second_try.granted(pause):
                raise
            return await ask()
    except StreamException as error:
        raise _refusal(error) from None
    except Exception as error:  # the SDK takes an answer apart without looking at it first
        raise _not_stream(type(error).__name__) from None


def _pause(error: StreamException) -> float | None:
    """Seconds after which another try may do better; None when it would not, or nobody knows when."""
    if isinstance(error, StreamTransportException):
        return PAUSE if error.error_type == "connection_reset" else None
    if not isinstance(error, StreamApiException) or error.unrecoverable:
        return None
    wait = _retry_after(error)
    if error.status_code == 429:
        return None if wait is None else wait.total_seconds()
    if error.status_code >= 500:
        return PAUSE if wait is None else wait.total_seconds()
    return None


def _refusal(error: StreamException) -> Refusal:
    if isinstance(error, StreamTransportException):
        status = 504 if error.error_type == "timeout" else 503
        return Refusal(status, "Stream is unavailable", error.error_type)
    if isinstance(error, StreamApiException):
        wait = _retry_after(error)
        return Refusal(
            503 if error.status_code == 429 else 502,
            "Stream is unavailable",
            # Not its message, which may quote what was sent.
            f"Stream gave {error.status_code}, code {error.code}",
            retry_after=None if wait is None else math.ceil(wait.total_seconds()),
        )
    return _not_stream(type(error).__name__)


def _retry_after(error: StreamApiException) -> timedelta | None:
    response = error.http_response
    return parse_retry_after(response.headers.get("retry-after")) if response is not None else None


def _not_stream(reason: str) -> Refusal:
    return Refusal(502, "Stream is unavailable", f"not an answer of Stream: {reason}")
