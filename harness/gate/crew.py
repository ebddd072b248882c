"""The pytest processes of one attempt, which work beside each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from harness.gate.child import Child
from harness.trace.events import Event, Tail

LOOK_EVERY = 0.1  # seconds between looks at the run log while pytest runs
GOODBYE = 20.0  # seconds that all of them have to end servers and browsers after Ctrl-C


class OutOfTime(Exception):
    """The time that the run was given is over."""


class Crew:
    """A context: its children run inside it and are gone after it, with what they started."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children

    def __enter__(self) -> Crew:
        try:
            for child in self.children:
                child.start()
        except BaseException:
            self._kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Ask all of them as Ctrl-C does; a second Ctrl-C or too long a goodbye is the end."""
        try:
            for child in self.children:
                child.ask()
            until = time.monotonic() + GOODBYE
            for child in self.children:
                child.wait(until - time.monotonic())
        except KeyboardInterrupt:
            pass
        finally:
            self._kill()

    def follow(self, tail: Tail, show: Callable[[list[Event]], None], until: float | None = None) -> None:
        """Hand each new event to `show` until all have ended; raises OutOfTime at `until` (monotonic)."""
        for child in self.children:
            while not child.wait(LOOK_EVERY):
                show(tail.fresh())
                if until is not None and time.monotonic() >= until:
                    raise OutOfTime
        show(tail.fresh())

    def _kill(self) -> None:
        for child in self.children:
            child.kill()
