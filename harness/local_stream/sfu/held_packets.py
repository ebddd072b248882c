"""Packets that are on their way for a while: first in, first out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

Deliver = Callable[[bytes], None]


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """What is needed of an event loop; its time is monotonic seconds."""

    def time(self) -> float: ...

    def call_at(self, when: float, callback: Callable[[], object], /) -> Timer: ...


class HeldPackets:
    """Each is passed on when its time has come, never before one that was put in earlier."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._packets: deque[tuple[float, bytes, Deliver]] = deque()
        self._timer: Timer | None = None

    def put(self, due: float, data: bytes, onward: Deliver) -> None:
        self._packets.append((due, data, onward))
        if self._timer is None:
            self._timer = self._clock.call_at(due, self._pass_due)

    def release(self) -> None:
        """All of them, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._packets:
            _, data, onward = self._packets.popleft()
            onward(data)

    def _pass_due(self) -> None:
        self._timer = None
        while self._packets and self._packets[0][0] <= self._clock.time():
            _, data, onward = self._packets.popleft()
            onward(data)
        if self._packets:
            self._timer = self._clock.call_at(self._packets[0][0], self._pass_due)
