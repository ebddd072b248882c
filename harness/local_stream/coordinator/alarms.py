"""What is due at a time of the local Stream's own clock, also when that clock is moved meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from harness.local_stream.coordinator.source import Source


class Alarm:
    """One call that is due, until it was made or cancelled."""

    def __init__(self, alarms: Alarms, due: float, call: Callable[[], None]) -> None:
        self.due = due
        self._alarms = alarms
        self._call = call
        self._timer: asyncio.TimerHandle | None = None

    def cancel(self) -> None:
        """The call is not wanted any more."""
        if self._timer:
            self._timer.cancel()
        self._alarms.forget(self)

    def set_in(self, seconds: float) -> None:
        """It is due in so many seconds, whatever was said before."""
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(max(seconds, 0), self._ring)

    def _ring(self) -> None:
        self._alarms.forget(self)
        self._call()


class Alarms:
    """All alarms of one source of time."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._alarms: set[Alarm] = set()
        source.when_moved(self._set_all)

    def at(self, due: float, call: Callable[[], None]) -> Alarm:
        """Make `call` at `due` (unix seconds), or at once when that is over."""
        alarm = Alarm(self, due, call)
        self._alarms.add(alarm)
        alarm.set_in(due - self._source.seconds())
        return alarm

    def forget(self, alarm: Alarm) -> None:
        """It was made or cancelled."""
        self._alarms.discard(alarm)

    def _set_all(self) -> None:
        for alarm in self._alarms:
            alarm.set_in(alarm.due - self._source.seconds())
