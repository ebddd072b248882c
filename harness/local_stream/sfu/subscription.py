"""What a client asks to receive: which tracks, and how large it shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.local_stream.sfu.protocol import Message

TrackKey = tuple[str, int]
"""A publisher's session id and a `models.TrackType`."""


@dataclass(frozen=True)
class Wish:
    """One track of the list. Without a size the best is wanted; a size of 0 x 0 pauses it."""

    width: int | None = None
    height: int | None = None

    @property
    def paused(self) -> bool:
        return self.width == 0 and self.height == 0


BEST = Wish()


def wishes(details: Iterable[Message]) -> dict[TrackKey, Wish]:
    """Of a list of `signal.TrackSubscriptionDetails`, which is always the whole list."""
    return {(each.session_id, each.track_type): _wish(each) for each in details}


def _wish(detail: Message) -> Wish:
    if not detail.HasField("dimension"):
        return BEST
    return Wish(detail.dimension.width, detail.dimension.height)
