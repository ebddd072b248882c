"""A clock for packets: time passes when the test says so, and timers fire in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(eq=False)
class Alarm:
    """A timer."""

    when: float
    callback: Callable[[], object]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


class PacketClock:
    """As much of an event loop as timers need. Times are seconds."""

    def __init__(self) -> None:
        self._now = 100.0
        self._alarms: list[Alarm] = []

    def time(self) -> float:
        return self._now

    def call_at(self, when: float, callback: Callable[[], object]) -> Alarm:
        self._alarms.append(Alarm(when, callback))
        return self._alarms[-1]

    def passes(self, seconds: float) -> None:
        """Fire what is due meanwhile, each at its own time."""
        end = self._now + seconds
        while due := [each for each in self._alarms if each.when <= end and not each.cancelled]:
            first = min(due, key=lambda each: each.when)
            self._alarms.remove(first)
            self._now = max(self._now, first.when)
            first.callback()
        self._now = end
