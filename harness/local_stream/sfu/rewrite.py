"""One stream to one viewer: its own SSRC, continuous numbers and time, whatever feeds it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from harness.local_stream.sfu.rtp import MID, OUTGOING_IDS, Packet, element, is_newer, write
from harness.local_stream.sfu.vp8 import PICTURES, TL0_PICTURES, Descriptor, renumbered

# Of so many past runs lost packets can still be asked for.
RUNS = 4


@dataclass
class Outgoing:
    """What the subscriber offer promised for this stream; without RTX, `rtx_*` are zero."""

    ssrc: int
    payload_type: int
    clock_rate: int
    mid: str
    rtx_ssrc: int = 0
    rtx_payload_type: int = 0
    codec: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Packets of one source, from `first` on, and what is added to their numbers (modulo each one's size)."""

    source: int
    first: int
    sequence: int = 0
    timestamp: int = 0
    picture: int = 0
    tl0: int = 0

    def covers(self, packet: Packet) -> bool:
        return packet.ssrc == self.source and not is_newer(self.first, packet.sequence)


@dataclass
class Rewriter:
    """Maps one run of one source after another; `begin` joins the next one on without a gap."""

    outgoing: Outgoing
    packets: int = 0
    octets: int = 0
    last: Packet | None = None
    last_arrival: float = 0.0
    _last_sequence: int = 0
    _runs: deque[Run] = field(default_factory=lambda: deque(maxlen=RUNS))
    _rtx_sequence: int = 0
    _mid_element: bytes = field(init=False)

    def __post_init__(self) -> None:
        self._mid_element = element(OUTGOING_IDS[MID], self.outgoing.mid.encode())
        self._is_vp8 = self.outgoing.codec.lower() == "vp8"

    @property
    def source(self) -> int | None:
        """The SSRC of what flows now."""
        return self._runs[-1].source if self._runs else None

    def begin(self, packet: Packet, elapsed: float) -> None:
        """Let the stream go on with `packet`, `elapsed` seconds after its last one.

        After a pause of the same source only the numbers close up: its time did pass. Another source has a
        clock of its own, so its first timestamp is placed where `elapsed` puts it.
        """
        self._runs.append(self._next_run(packet, elapsed))

    def covers(self, packet: Packet) -> bool:
        """Whether `packet` belongs to what flows now: same source, and not from before its first packet."""
        return bool(self._runs) and self._runs[-1].covers(packet)

    def media(self, packet: Packet, passed: bytes, arrival: float) -> bytes:
        """`packet` for this viewer; `passed` holds the extension elements that go along."""
        run = self._runs[-1]
        sequence = (packet.sequence + run.sequence) & 0xFFFF
        if self.last is None or is_newer(sequence, self._last_sequence):
            self.last, self.last_arrival, self._last_sequence = packet, arrival, sequence
        self.packets += 1
        self.octets += len(packet.payload)
        return write(
            packet,
            ssrc=self.outgoing.ssrc,
            payload_type=self.outgoing.payload_type,
            sequence=sequence,
            timestamp=self.timestamp(packet.timestamp),
            elements=self._mid_element + passed,
            payload=self._payload(packet, run),
        )

    def again(self, packet: Packet, passed: bytes, run: Run) -> bytes:
        """`packet` of `run` once more: on the RTX stream (RFC 4588) when one was offered, else as it was."""
        original = (packet.sequence + run.sequence) & 0xFFFF
        if self.outgoing.rtx_ssrc:
            self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        else:
            self.packets += 1
            self.octets += len(packet.payload)
        return write(
            packet,
            ssrc=self.outgoing.rtx_ssrc or self.outgoing.ssrc,
            payload_type=self.outgoing.rtx_payload_type or self.outgoing.payload_type,
            sequence=self._rtx_sequence if self.outgoing.rtx_ssrc else original,
            timestamp=(packet.timestamp + run.timestamp) & 0xFFFFFFFF,
            elements=self._mid_element + passed,
            prefix=original.to_bytes(2, "big") if self.outgoing.rtx_ssrc else b"",
            payload=self._payload(packet, run),
        )

    def origin(self, sequence: int) -> tuple[Run, int] | None:
        """The run of the packet that this viewer knows as `sequence`, and the publisher's number of it."""
        for run in reversed(self._runs):
            number = (sequence - run.sequence) & 0xFFFF
            if not is_newer(run.first, number):
                return run, number
        return None

    def timestamp(self, source_timestamp: int) -> int:
        """The publisher's RTP time on this viewer's clock."""
        return (source_timestamp + self._runs[-1].timestamp) & 0xFFFFFFFF

    def _next_run(self, packet: Packet, elapsed: float) -> Run:
        if self.last is None:
            return Run(packet.ssrc, packet.sequence)
        before = self._runs[-1]
        sequence = (self._last_sequence + 1 - packet.sequence) & 0xFFFF
        timestamp = before.timestamp
        if packet.ssrc != before.source:
            ticks = max(1, int(elapsed * self.outgoing.clock_rate))
            timestamp = (self.timestamp(self.last.timestamp) + ticks - packet.timestamp) & 0xFFFFFFFF
        picture, tl0 = self._picture_numbers(packet, before)
        return Run(packet.ssrc, packet.sequence, sequence, timestamp, picture, tl0)

    def _picture_numbers(self, packet: Packet, before: Run) -> tuple[int, int]:
        """What lets VP8's own numbers go on from the last packet to `packet`, the first of a picture."""
        new = Descriptor.read(packet.payload) if self._is_vp8 else None
        old = Descriptor.read(self.last.payload) if new and self.last else None
        if new is None or old is None:
            return 0, 0
        return (
            (old.picture_id + before.picture + 1 - new.picture_id) % PICTURES,
            (old.tl0 + before.tl0 + 1 - new.tl0) % TL0_PICTURES,
        )

    def _payload(self, packet: Packet, run: Run) -> bytes:
        return renumbered(packet.payload, run.picture, run.tl0) if self._is_vp8 else packet.payload
