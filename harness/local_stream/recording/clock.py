"""When a frame was seen or heard, on one time line for all streams of a recording."""

from __future__ import annotations

from dataclasses import dataclass

from harness.local_stream.sfu.rtcp import SenderReport

# Seconds that the publisher's own word for a moment may be off from when it came, before it is not believed.
BELIEVED = 5.0


@dataclass
class Person:
    """Whose streams share a clock: what is added to its NTP seconds for ours, once it told them."""

    offset: float | None = None


class Clock:
    """Of one stream: from RTP time to monotonic seconds.

    By the publisher's sender reports, which keep picture and sound together; before the first, counted from
    when the first packet came.
    """

    def __init__(self, rate: int, person: Person) -> None:
        self._rate = rate
        self._person = person
        self._first: tuple[int, float] | None = None
        self._last = 0
        self._report: SenderReport | None = None

    def note(self, report: SenderReport) -> None:
        """What this stream's time is on its publisher's clock."""
        self._report = report

    def seconds(self, timestamp: int, arrival: float) -> float:
        """When the frame of this RTP time was taken; it came at `arrival`."""
        counted = self._counted(timestamp, arrival)
        if self._report is None:
            return counted
        ticks = (timestamp - self._report.timestamp + 0x8000_0000) % 0x1_0000_0000 - 0x8000_0000
        captured = self._report.ntp / 2**32 + ticks / self._rate
        if self._person.offset is None:
            self._person.offset = counted - captured
        told = captured + self._person.offset
        return told if abs(told - arrival) < BELIEVED else counted

    def _counted(self, timestamp: int, arrival: float) -> float:
        if self._first is None:
            self._first, self._last = (timestamp, arrival), timestamp
        ahead = (timestamp - self._last + 0x8000_0000) % 0x1_0000_0000 - 0x8000_0000
        unwrapped, began = self._last + ahead, self._first
        self._last = unwrapped
        return began[1] + (unwrapped - began[0]) / self._rate
