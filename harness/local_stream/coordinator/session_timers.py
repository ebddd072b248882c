"""Session timers: a call with `limits.max_duration_seconds` ends so long after the first one joined."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from harness.local_stream.coordinator.alarms import Alarm, Alarms
from harness.local_stream.coordinator.calls import Call


class SessionTimers:
    """An alarm for each call whose session has to end; `end` ends the call."""

    def __init__(self, alarms: Alarms, end: Callable[[Call], Awaitable[None]]) -> None:
        self._alarms = alarms
        self._end = end
        self._set: dict[str, Alarm] = {}
        self._ending: set[asyncio.Future[None]] = set()

    def set(self, call: Call) -> None:
        """The session has to end when the settings say, counted from its start; whatever was said before.

        0 and null are never. A call that has ended already is not ended again.
        """
        self.forget(call)
        session, seconds = call.session, call.settings["limits"]["max_duration_seconds"]
        if session is None or session.started_at is None or call.ended_at is not None:
            return
        session.timer_ends_at = session.started_at + timedelta(seconds=seconds) if seconds else None
        if session.timer_ends_at is not None:
            self._set[call.cid] = self._alarms.at(session.timer_ends_at.timestamp(), lambda: self._ring(call))

    def forget(self, call: Call) -> None:
        """The session is over."""
        if alarm := self._set.pop(call.cid, None):
            alarm.cancel()

    def stop(self) -> None:
        """Forget every timer."""
        for alarm in self._set.values():
            alarm.cancel()
        self._set.clear()
        for ending in self._ending:
            ending.cancel()

    def _ring(self, call: Call) -> None:
        self._set.pop(call.cid, None)
        ending = asyncio.ensure_future(self._end(call))
        # The loop itself holds tasks weakly.
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
