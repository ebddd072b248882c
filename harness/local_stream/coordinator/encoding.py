"""The two encodings of time: integer unix nanoseconds on the server door, ISO 8601 on the client door.

State holds aware datetimes; they become text only when an answer or an event leaves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TimeEncoding = Callable[[object], int | str]


def nanoseconds(value: object) -> int:
    """Unix nanoseconds of a datetime, exact to its microsecond."""
    return (_datetime(value) - EPOCH) // timedelta(microseconds=1) * 1000


def iso(value: object) -> str:
    """ISO 8601 in UTC with `Z` and without trailing zeros, as the vendor writes it."""
    text = _datetime(value).astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "Z"


def dump(body: Mapping[str, object], times: TimeEncoding) -> str:
    """JSON text of `body`, its datetimes encoded by `times`."""
    return json.dumps(body, default=times, separators=(",", ":"))


def parse_time(value: object) -> datetime:
    """A time that a client sent, in UTC: ISO 8601 text (both SDKs) or unix nanoseconds. Raises ValueError."""
    try:
        if isinstance(value, str):
            parsed = datetime.fromisoformat(value)
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        if isinstance(value, int) and not isinstance(value, bool):
            return EPOCH + timedelta(microseconds=value // 1000)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"expected an ISO 8601 time, got {value!r}")


def _datetime(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    raise TypeError(f"{type(value).__name__} has no JSON form")
