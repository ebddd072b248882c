"""What the SFU knows of one source that it receives: loss, jitter, what is missing.

Sources: RFC 3550 appendix A.3 and A.8 (loss, jitter), RFC 4585 (when to ask again).
"""

from __future__ import annotations

from harness.local_stream.sfu.rtcp import ReportBlock, SenderReport
from harness.local_stream.sfu.rtp import Packet

ASK_AGAIN_SECONDS = 0.1
ASK_AT_MOST = 10
# A larger hole is not mended packet by packet: a key frame is cheaper.
LARGEST_HOLE = 200


class Reception:
    """One source. `retransmits`: whether to ask for missing packets (NACK was negotiated)."""

    def __init__(self, ssrc: int, clock_rate: int, *, retransmits: bool) -> None:
        self.ssrc = ssrc
        self.lost = 0.0  # the fraction, as last reported
        self._clock_rate = clock_rate
        self._retransmits = retransmits
        self._base: int | None = None
        self._highest = 0
        self._received = 0
        self._reported = (0, 0)
        self._jitter = 0.0
        self._transit: float | None = None
        self._missing: dict[int, tuple[int, float]] = {}
        self._sender_report: tuple[SenderReport, float] | None = None

    def add(self, packet: Packet, arrival: float, *, repeated: bool = False) -> bool:
        """Count `packet`; True when it leaves a hole too large to mend."""
        if self._base is None:
            self._base = self._highest = packet.sequence
            self._received = 1
            return False
        forward = (packet.sequence - self._highest) & 0xFFFF
        self._received += 1
        if forward == 0 or forward >= 0x8000:
            self._missing.pop(packet.sequence, None)
            return False
        beyond_mending = self._note_hole(forward, arrival)
        self._highest += forward
        if not repeated:
            self._measure(packet, arrival)
        return beyond_mending

    def note_sender_report(self, report: SenderReport, arrival: float) -> None:
        self._sender_report = (report, arrival)

    @property
    def sender_report(self) -> SenderReport | None:
        return self._sender_report[0] if self._sender_report else None

    def due(self, now: float) -> list[int]:
        """Sequence numbers to ask for now, oldest first; each is given up after `ASK_AT_MOST` times."""
        due = [s for s, (asked, at) in self._missing.items() if not asked or now - at >= ASK_AGAIN_SECONDS]
        for sequence in due:
            asked = self._missing[sequence][0] + 1
            if asked >= ASK_AT_MOST:
                del self._missing[sequence]
            else:
                self._missing[sequence] = (asked, now)
        return due

    def report(self, now: float) -> ReportBlock | None:
        """The block for the next receiver report; None before the first packet."""
        if self._base is None:
            return None
        expected = self._highest - self._base + 1
        expected_now, received_now = expected - self._reported[0], self._received - self._reported[1]
        self._reported = (expected, self._received)
        lost_now = max(0, expected_now - received_now)
        self.lost = lost_now / expected_now if expected_now > 0 else 0.0
        last, delay = 0, 0
        if self._sender_report is not None:
            sent, arrival = self._sender_report
            last, delay = sent.ntp >> 16 & 0xFFFFFFFF, int((now - arrival) * 65536)
        return ReportBlock(
            self.ssrc,
            min(255, (lost_now << 8) // expected_now) if expected_now > 0 else 0,
            max(-0x800000, min(expected - self._received, 0x7FFFFF)),
            self._highest & 0xFFFFFFFF,
            int(self._jitter),
            last,
            delay,
        )

    def _note_hole(self, forward: int, arrival: float) -> bool:
        if not self._retransmits or forward == 1:
            return False
        if forward > LARGEST_HOLE:
            self._missing.clear()
            return True
        for back in range(forward - 1, 0, -1):
            self._missing[(self._highest + forward - back) & 0xFFFF] = (0, arrival)
        return False

    def _measure(self, packet: Packet, arrival: float) -> None:
        transit = arrival * self._clock_rate - packet.timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < self._clock_rate * 10:  # not a wrap of the timestamp
                self._jitter += (change - self._jitter) / 16
        self._transit = transit
