"""What the page asks for: `{"callType": "livestream", "callId": "<party id>"}`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable

from starlette.requests import ClientDisconnect, Request

from harness.token_server.refusal import Refusal

CALL_TYPE = "livestream"
PLAIN = ("", "identity")
BLANK = b" \t\r\n"  # what JSON takes for nothing
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


def wanted_call(body: bytes | None, encodings: Iterable[str] = ()) -> tuple[str, str]:
    """callType and callId of a body; raises Refusal (400, 413 or 415) when it does not name a call.

    `encodings` are its `Content-Encoding` headers: nothing is unpacked here, and what is packed is no JSON.
    """
    if body is None:
        raise Refusal(413, "Body too large")
    if any(encoding.strip().lower() not in PLAIN for encoding in encodings):
        raise Refusal(415, "Unsupported Content-Encoding")
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
    if not body.strip(BLANK):
        return {}
    try:
        # From text: of bytes, Python would take UTF-16 and UTF-32, too, which other readers of JSON do not.
        wanted = json.loads(body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refusal(400, "Malformed JSON body") from None
    if not isinstance(wanted, dict):
        raise Refusal(400, "Body must be a JSON object")
    return wanted


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose names differ: which of two values counts, one reader tells so and another so."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _no_number(name: str) -> object:
    """NaN and Infinity, which JSON does not know."""
    raise ValueError(f"{name} is no number")
