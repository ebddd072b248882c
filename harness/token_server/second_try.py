"""The one second try that a request has, for what can safely be asked twice."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass

LONGEST_PAUSE = 1.0  # seconds; the page that waits may just as well be told
NEEDED = 1.0  # seconds that must be left for the try itself


@dataclass
class _SecondTry:
    until: float  # on the event loop's clock
    used: bool = False


_of_request: ContextVar[_SecondTry | None] = ContextVar("second_try", default=None)


def allow_one(until: float | None) -> None:
    """From now on, this request has one second try, which must be over at `until` on the loop's clock."""
    _of_request.set(None if until is None else _SecondTry(until))


async def granted(pause: float) -> bool:
    """True after `pause` seconds; False at once when it was used already, or when there is no time for it."""
    mine = _of_request.get()
    if mine is None or mine.used or pause > LONGEST_PAUSE:
        return False
    if asyncio.get_running_loop().time() + pause + NEEDED > mine.until:
        return False
    mine.used = True
    await asyncio.sleep(pause)
    return True
