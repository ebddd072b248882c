"""Pages of a list. A cursor names the item at the border of its page: what comes or goes moves nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from harness.local_stream.coordinator.body import parse_object
from harness.local_stream.coordinator.errors import ApiError, input_error
from harness.local_stream.coordinator.values import Json, text, whole

T = TypeVar("T")
PAGE = 25
LARGEST_PAGE = 100
FARTHEST = 1_000


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items, and the cursors on and back; None at the ends."""

    items: list[T]
    next: str | None
    prev: str | None


def page(items: Sequence[T], given: Json, key: Callable[[T], str] | None) -> Page[T]:
    """The page that `given` (limit, offset, next, prev) asks for.

    Without a `key`, cursors are places in the list alone.
    """
    size = bounded(given, "limit", LARGEST_PAGE) or PAGE
    offset = bounded(given, "offset", FARTHEST) or 0
    on, back = text(given, "next"), text(given, "prev")
    if on and back:
        raise input_error("cannot specify next and prev at the same time")
    if (on or back) and offset:
        raise input_error("cannot specify offset and next/prev at the same time")
    if back:
        end = _place(items, back, "prev", key)
        start, end = max(end - size, 0), end
    else:
        start = _place(items, on, "next", key) if on else offset
        end = start + size
    shown = list(items[start:end])
    return Page(
        shown,
        _cursor(end, shown[-1], key, 1) if shown and end < len(items) else None,
        _cursor(start, shown[0], key, 0) if shown and start > 0 else None,
    )


def bounded(given: Json, name: str, most: int) -> int | None:
    """A whole number from 0 to `most`, or None when absent or null; raises the vendor's input error."""
    value = whole(given, name)
    for wrong, sentence in [
        (value is not None and value < 0, f"{name} must be 0 or greater"),
        (value is not None and value > most, f"{name} must be {most:,} or less"),
    ]:
        if wrong:
            raise input_error(sentence, **{name: sentence})
    return value


def _cursor(place: int, item: T, key: Callable[[T], str] | None, past: int) -> str:
    # Where the page begins or ends, the item at that border, and 1 when the border is past it.
    border = {"place": place, "item": key(item) if key else None, "past": past}
    return base64.urlsafe_b64encode(json.dumps(border).encode()).decode()


def _place(items: Sequence[T], cursor: str, name: str, key: Callable[[T], str] | None) -> int:
    try:
        border = parse_object(base64.urlsafe_b64decode(cursor).decode())
        place, known, past = whole(border, "place"), text(border, "item"), whole(border, "past")
    except (ValueError, ApiError):
        place = None
    if place is None:
        raise input_error(f"{name} is not a cursor of this query")
    if key and known is not None:
        found = next((at for at, item in enumerate(items) if key(item) == known), None)
        place = place if found is None else found + (1 if past else 0)
    return min(max(place, 0), len(items))
