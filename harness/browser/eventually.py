"""Waiting for something to become true, by asking again, with the reason it is not yet."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from playwright.sync_api import Error as PlaywrightError

from harness.config import HarnessSettings, load
from harness.errors import Finding

T = TypeVar("T")
EVERY = 0.05  # seconds between two questions
LOADED_ANEW = "Execution context was destroyed"  # as Playwright says it


def eventually(why_not_yet: Callable[[], str | None], *, within: float, every: float = EVERY) -> float:
    """Ask `why_not_yet` until it answers None; returns the seconds that it took.

    After `within` seconds (times HARNESS_PATIENCE) the last reason, a sentence, is raised as a Finding. It is
    always asked once more at the end, so a slow machine does not turn what is true into a failure. Questions
    to a page (locators, evaluate) let Playwright hand out its events meanwhile; one that the page cuts off by
    loading itself anew is asked again.
    """
    within *= patience()
    start = time.monotonic()
    pause = threading.Event()
    while True:
        asked = time.monotonic()
        reason = _asked(why_not_yet)
        if reason is None:
            return time.monotonic() - start
        if asked - start >= within:
            raise Finding(f"{reason} (waited {within:g} s)")
        pause.wait(min(every, max(0.0, start + within - time.monotonic())))


def _asked(why_not_yet: Callable[[], str | None]) -> str | None:
    try:
        return why_not_yet()
    except PlaywrightError as error:
        if LOADED_ANEW not in error.message:
            raise
        return "The page loads itself anew."


@cache
def patience() -> float:
    """How many times as long as usual everything may take."""
    return load(HarnessSettings).patience


def limit(seconds: float) -> float:
    """So long, times HARNESS_PATIENCE, in milliseconds: what Playwright is told that it may wait."""
    return seconds * patience() * 1000


def unchanged(read: Callable[[], T], *, seconds: float, within: float, what: str) -> T:
    """What `read` answers once it has answered the same for so long; raises Finding when it goes on changing.

    `what` names it in the failure: `expected the bytes received to stay as they are, came ...`.
    """
    seen: list[tuple[float, T]] = []

    def why_not_yet() -> str | None:
        now, value = time.monotonic(), read()
        if seen and seen[0][1] != value:
            seen.clear()
        seen.append((now, value))
        stayed = now - seen[0][0]
        return None if stayed >= seconds else f"expected {what} to stay as they are, came {value}"

    eventually(why_not_yet, within=within)
    return seen[0][1]
