"""An event loop in a thread of its own: that of the tests may have one already, which drives the browsers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from anyio.from_thread import start_blocking_portal

T = TypeVar("T")


def in_loop_of_its_own(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` comes to."""
    with start_blocking_portal() as portal:
        return portal.call(work)
