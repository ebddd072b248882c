"""The lines that a page shows over time: which are usual, and which a person could read since it failed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress

from harness.browser.eventually import eventually, unchanged
from harness.errors import Finding

READABLE = 0.5  # seconds that a line stands before it counts as said, where it does not stay
SETTLES_WITHIN = 5.0  # seconds; a page that never comes to rest is taken as it is


class Lines:
    """As `read` finds them. A line that was there only for a moment is none that a person can read."""

    def __init__(self, read: Callable[[], list[str]], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._clock = read, clock
        self._usual: set[str] = set()
        self._since: dict[str, float] = {}
        self._told: list[str] = []

    def are_usual(self, *, also: bool = False) -> None:
        """What is there now is no news later; `also` what was usual before."""
        self._usual = set(self._read()) | (self._usual if also else set())

    def settle(self) -> None:
        """Until the page shows the same for a while; its clocks and counters may run."""

        def shown() -> list[str]:
            return [re.sub(r"\d+", "0", line) for line in self._read()]

        with suppress(Finding):
            unchanged(shown, seconds=READABLE, within=SETTLES_WITHIN, what="the page's lines")

    def watch(self, helps: Callable[[], bool], *, within: float) -> None:
        """Until something that `helps` stood long enough to be read, or for so many seconds."""
        self._since, self._told = {}, []

        def why_not_yet() -> str | None:
            self._look()
            return None if helps() else "The page has told nothing that helps."

        with suppress(Finding):
            eventually(why_not_yet, within=max(within, 2 * READABLE), every=0.1)
        self._told = list(dict.fromkeys([*self._read(), *self._told]))

    def new(self, *, since_usual: bool = True) -> list[str]:
        """What it told while it was watched, in the order of the page; also what is usual, if that is
        wanted."""
        return [line for line in self._told if not (since_usual and line in self._usual)]

    def _look(self) -> None:
        now, shown = self._clock(), self._read()
        self._since = {line: self._since.get(line, now) for line in shown}
        stood = [line for line, since in self._since.items() if now - since >= READABLE]
        self._told = list(dict.fromkeys([*self._told, *stood]))
