"""Transport-wide feedback: when each packet of a publisher arrived, so that its browser can judge the path.

Without it Chromium stays near its 300 kbit/s start.
Source: draft-holmer-rmcat-transport-wide-cc-extensions-01.
"""

from __future__ import annotations

NOT_RECEIVED, SMALL_DELTA, LARGE_DELTA = 0, 1, 2
DELTA_MICROSECONDS = 250
REFERENCE_MICROSECONDS = 64_000
# A wider hole is a restart of the numbering, not loss that is worth reporting.
WIDEST_SPAN = 2_000


class Arrivals:
    """Collects arrivals and writes what was not yet reported."""

    def __init__(self) -> None:
        self._pending: dict[int, int] = {}
        self._newest: int | None = None
        self._reported: int | None = None
        self._count = 0

    def add(self, sequence: int, arrival: float) -> None:
        """Packet `sequence` (16 bit, of the transport) arrived at `arrival` (monotonic seconds)."""
        self._pending[self._unwrap(sequence)] = int(arrival * 1_000_000)

    def feedback(self) -> bytes | None:
        """The next feedback, without RTCP header and SSRCs; None when nothing arrived since the last."""
        if not self._pending:
            return None
        arrived, self._pending = self._pending, {}
        base, last = min(arrived), max(arrived)
        if self._reported is not None and 0 < base - self._reported <= WIDEST_SPAN:
            base = self._reported + 1
        if last - base > WIDEST_SPAN:
            base = last - WIDEST_SPAN
        self._reported = last
        written = _write(base, last, arrived, self._count)
        self._count = (self._count + 1) & 0xFF
        return written

    def _unwrap(self, sequence: int) -> int:
        if self._newest is None:
            self._newest = sequence
            return sequence
        forward = (sequence - self._newest) & 0xFFFF
        unwrapped = self._newest + (forward if forward < 0x8000 else forward - 0x10000)
        self._newest = max(self._newest, unwrapped)
        return unwrapped


def _write(base: int, last: int, arrived: dict[int, int], count: int) -> bytes:
    reference = min(at for sequence, at in arrived.items() if sequence >= base) // REFERENCE_MICROSECONDS
    symbols, deltas = [], bytearray()
    # In whole ticks since the reference, so that rounding never adds up.
    previous = 0
    for sequence in range(base, last + 1):
        at = arrived.get(sequence)
        if at is None:
            symbols.append(NOT_RECEIVED)
            continue
        ticks = (at - reference * REFERENCE_MICROSECONDS) // DELTA_MICROSECONDS
        delta, previous = ticks - previous, ticks
        small = 0 <= delta <= 0xFF
        symbols.append(SMALL_DELTA if small else LARGE_DELTA)
        deltas += (
            delta.to_bytes(1, "big")
            if small
            else max(-0x8000, min(delta, 0x7FFF)).to_bytes(2, "big", signed=True)
        )
    head = (base & 0xFFFF).to_bytes(2, "big") + len(symbols).to_bytes(2, "big")
    return (
        head + (reference & 0xFFFFFF).to_bytes(3, "big") + bytes((count,)) + _chunks(symbols) + bytes(deltas)
    )


def _chunks(symbols: list[int]) -> bytes:
    """Runs of one symbol as run-length chunks, anything else seven symbols at a time."""
    written, position = bytearray(), 0
    while position < len(symbols):
        symbol, end = symbols[position], position
        while end < len(symbols) and symbols[end] == symbol and end - position < 0x1FFF:
            end += 1
        if end - position >= 7 or end == len(symbols):
            written += ((symbol << 13) | (end - position)).to_bytes(2, "big")
        else:
            end = min(position + 7, len(symbols))
            chunk = 0xC000
            for index, each in enumerate(symbols[position:end]):
                chunk |= each << (12 - 2 * index)
            written += chunk.to_bytes(2, "big")
        position = end
    return bytes(written)
