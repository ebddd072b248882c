"""One encoding of a published track: a simulcast layer, or the only one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.local_stream.sfu.history import History
from harness.local_stream.sfu.rtcp import SenderReport
from harness.local_stream.sfu.rtp import Packet, is_newer

# Chromium answers a request for a key frame at most this often, so asking faster is noise.
KEY_FRAME_SECONDS = 0.3
# A publisher that sends other layers but not this one for so long does not send it (for lack of CPU or
# bandwidth, or because it was told so); more than the time between two frames on a busy machine.
SILENT_SECONDS = 1.0


@dataclass(eq=False)
class Layer:
    """`rid` is empty for an only one; sizes, bitrate and frame rate are as announced, 0 when they were not.

    `ask_key_frame` reaches the publisher's browser. Times are monotonic seconds.
    """

    rid: str
    clock_rate: int
    ask_key_frame: Callable[[Layer], None]
    width: int = 0
    height: int = 0
    bitrate: int = 0
    fps: int = 0
    ssrc: int | None = None
    history: History = field(default_factory=History)
    report: SenderReport | None = None
    _last: float = 0.0
    _since: float = 0.0
    _newest: int = 0
    _asked: float = 0.0
    _granted: bool = True

    def take(self, packet: Packet, passed: bytes, arrival: float, *, key_frame: bool) -> bool:
        """Note and keep `packet`; True when it is the newest of its source, not a late one."""
        self._granted = self._granted or key_frame
        if arrival - self._last > SILENT_SECONDS:
            self._since = arrival
        self._last = arrival
        self.history.add(packet, passed)
        if packet.ssrc != self.ssrc:
            self.ssrc, newest = packet.ssrc, True
            self.report = self.report if self.report and self.report.ssrc == packet.ssrc else None
        else:
            newest = is_newer(packet.sequence, self._newest)
        if newest:
            self._newest = packet.sequence
        return newest

    def is_silent_beside(self, other: Layer) -> bool:
        """Whether `other` has been flowing for so long without this one that this one does not flow."""
        return other._last - max(self._last, other._since) > SILENT_SECONDS

    def need_key_frame(self, now: float) -> None:
        """Ask the publisher, unless an answer to the last request is still to be expected."""
        if self.ssrc is not None and (self._granted or now - self._asked >= KEY_FRAME_SECONDS):
            self._asked, self._granted = now, False
            self.ask_key_frame(self)

    def captured_at(self, timestamp: int) -> float | None:
        """The publisher's clock (NTP seconds) at this RTP time; None before its first sender report."""
        if self.report is None:
            return None
        ticks = (timestamp - self.report.timestamp + 0x8000_0000) % 0x1_0000_0000 - 0x8000_0000
        return self.report.ntp / 2**32 + ticks / self.clock_rate
