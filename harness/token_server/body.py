"""What the page asks for: `{"callType": "livestream", "callId": "<party id>"}`."""

from __future__ import annotations

import asyncio
import json

from starlette.requests import ClientDisconnect, Request

from harness.token_server.refusal import Refusal

CALL_TYPE = "livestream"
SIZE_LIMIT = 16 * 1024  # bytes; a hundred times what a page sends
TIME_LIMIT = 5.0  # seconds for all of it to come; the rest of a request's time is for the answer


async def read_body(request: Request) -> bytes | None:
    """The body, or None when it is larger than SIZE_LIMIT; raises Refusal when it does not come to its end.

    What is too much is read to its end all the same, without being kept: a client that is still sending would
    otherwise see a broken connection in place of the answer.
    """
    kept = bytearray()
    size = 0
    try:
        async with asyncio.timeout(TIME_LIMIT):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= SIZE_LIMIT:
                    kept += chunk
    except TimeoutError:
        raise Refusal(408, "Request timed out", f"{size} bytes of a body came") from None
    except ClientDisconnect:
        raise Refusal(400, "Incomplete body") from None
    return bytes(kept) if size <= SIZE_LIMIT else None


def wanted_call(body: bytes | None) -> tuple[str, str]:
    """callType and callId of a body; raises Refusal (400 or 413) when it does not name a call."""
    if body is None:
        raise Refusal(413, "Body too large")
    wanted = _json_object(body)
    call_type, call_id = wanted.get("callType"), wanted.get("callId")
    if call_id in (None, ""):
        raise Refusal(400, "Missing callId parameter")
    if not isinstance(call_id, str):
        raise Refusal(400, "callId must be a string")
    if call_type not in (None, "", CALL_TYPE):
        raise Refusal(400, "Unsupported callType")
    return CALL_TYPE, call_id


def _json_object(body: bytes) -> dict[str, object]:
    if not body.strip():
        return {}
    try:
        wanted = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "Malformed JSON body") from None
    if not isinstance(wanted, dict):
        raise Refusal(400, "Body must be a JSON object")
    return wanted
