"""Request bodies: JSON objects up to a size, and the vendor's errors for everything else."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request

from harness.local_stream.coordinator.errors import ApiError, Code, input_error

LIMIT = 1024 * 1024
# Levels of lists and objects within each other.
DEEPEST = 100
# How long a client may take to send a body.
PATIENCE_SECONDS = 30.0


async def read_object(request: Request) -> dict[str, object]:
    """The body as an object, empty when there is none; raises ApiError 4, 22 or 23."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            raw = await _read(request)
    except TimeoutError:
        detail = f"the request body did not come within {PATIENCE_SECONDS:g} s"
        raise ApiError(408, Code.REQUEST_TIMEOUT, detail) from None
    except ClientDisconnect:
        raise input_error("the client left before its request was complete") from None
    return parse_object(raw.decode(errors="replace")) if raw else {}


async def _read(request: Request) -> bytearray:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LIMIT:
            raise ApiError(413, Code.PAYLOAD_TOO_BIG, f"the request body is larger than {LIMIT} bytes")
    return raw


def parse_object(raw: str) -> dict[str, object]:
    """An object out of JSON text; null is an empty one. Raises ApiError 4."""
    try:
        parsed = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise input_error(f"not valid JSON: {error}") from None
    if raw.count("[") + raw.count("{") > DEEPEST and _is_deep(parsed):
        raise input_error(f"more than {DEEPEST} lists and objects within each other")
    if parsed is None:
        return {}
    if not isinstance(parsed, dict):
        raise input_error(f"expected a JSON object, got {type(parsed).__name__}")
    return _mended(parsed) if "\\ud" in raw.lower() else parsed


def _is_deep(parsed: object) -> bool:
    level = [parsed]
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
        ]
    return bool(level)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _mended(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """`value` with a replacement character for each half of a surrogate pair, which no UTF-8 can hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(each) for each in value]
    return {_mended(key): _mended(each) for key, each in value.items()} if isinstance(value, dict) else value
