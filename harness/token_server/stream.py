"""What is made on Stream for a user who may come in: the user, the call, the user's token."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import TypeVar

from getstream import AsyncStream
from getstream.exceptions import StreamApiException, StreamException, StreamTransportException
from getstream.models import CallRequest, UserRequest
from getstream.stream import BASE_URL

from harness.config import TokenServerSettings
from harness.token_server.refusal import Refusal

TOKEN_LIFETIME = 24 * 3600  # seconds
TIME_LIMIT = 8.0  # seconds for one answer
AnswerT = TypeVar("AnswerT")
# The SDK tells of each request at INFO; our own lines say the same by its step.
logging.getLogger("getstream").setLevel(logging.WARNING)


class StreamVideo:
    """Stream's server SDK in three steps. Raises Refusal 502, 503 or 504 when Stream does not do its part."""

    def __init__(self, settings: TokenServerSettings) -> None:
        self._client = AsyncStream(
            api_key=settings.stream_api_key,
            api_secret=settings.stream_api_secret.get_secret_value(),
            # Always named: left out, the SDK takes the vendor's and ignores STREAM_BASE_URL.
            base_url=settings.stream_base_url or BASE_URL,
            request_timeout=TIME_LIMIT,
            connect_timeout=TIME_LIMIT,
        )

    async def upsert_user(self, user_id: str, name: str) -> None:
        """Make the user known under this name; a call of nobody knows nobody's name."""
        await _answered(self._client.upsert_users(UserRequest(id=user_id, name=name, role="user")))

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        """Make sure that the call exists; its owner is fixed when it is created. True if that was now."""
        call = self._client.video.call(call_type, call_id)
        answer = await _answered(call.get_or_create(data=CallRequest(created_by_id=owner_id)))
        return bool(answer.data.created)

    def user_token(self, user_id: str) -> str:
        """A token that lets this user, and only this user, connect for TOKEN_LIFETIME."""
        return str(self._client.create_token(user_id, expiration=TOKEN_LIFETIME))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


async def _answered(answer: Awaitable[AnswerT]) -> AnswerT:
    try:
        return await answer
    except StreamTransportException as error:
        status = 504 if error.error_type == "timeout" else 503
        raise Refusal(status, "Stream is unavailable", error.error_type) from None
    except StreamApiException as error:
        status = 503 if error.status_code == 429 else 502
        raise Refusal(status, "Stream is unavailable", str(error)) from None
    except StreamException as error:
        raise Refusal(502, "Stream is unavailable", type(error).__name__) from None
