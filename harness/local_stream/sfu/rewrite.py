"""One stream to one viewer: its own SSRC, continuous sequence numbers and time, whatever feeds it."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.local_stream.sfu.rtp import MID, OUTGOING_IDS, Packet, element, is_newer, write


@dataclass
class Outgoing:
    """What the subscriber offer promised for this stream; without RTX, `rtx_*` are zero."""

    ssrc: int
    payload_type: int
    clock_rate: int
    mid: str
    rtx_ssrc: int = 0
    rtx_payload_type: int = 0


@dataclass
class Rewriter:
    """Maps one source at a time; `begin` joins the next one on without a gap."""

    outgoing: Outgoing
    packets: int = 0
    octets: int = 0
    source: int | None = None
    _first: int = 0
    _sequence_offset: int = 0
    _timestamp_offset: int = 0
    _last_sequence: int | None = None
    _last_timestamp: int = 0
    _last_arrival: float = 0.0
    _rtx_sequence: int = 0
    _mid_element: bytes = field(init=False)

    def __post_init__(self) -> None:
        self._mid_element = element(OUTGOING_IDS[MID], self.outgoing.mid.encode())

    def begin(self, packet: Packet, arrival: float) -> None:
        """Let the stream go on with `packet` (arrived at `arrival`, monotonic seconds) as its next one.

        After a pause of the same source only the sequence closes up: time did pass. Another source has its
        own clock, so its first timestamp is placed where the time between the two arrivals puts it.
        """
        if self._last_sequence is not None:
            self._sequence_offset = (self._last_sequence + 1 - packet.sequence) & 0xFFFF
            if packet.ssrc != self.source:
                elapsed = int((arrival - self._last_arrival) * self.outgoing.clock_rate)
                self._timestamp_offset = (
                    self._last_timestamp + max(elapsed, 1) - packet.timestamp
                ) & 0xFFFFFFFF
        self.source = packet.ssrc
        self._first = packet.sequence

    def covers(self, packet: Packet) -> bool:
        """Whether `packet` belongs to what was begun: same source, and not from before its first packet."""
        return packet.ssrc == self.source and not is_newer(self._first, packet.sequence)

    def media(self, packet: Packet, passed: bytes, arrival: float) -> bytes:
        """`packet` for this viewer; `passed` holds the extension elements that go along."""
        sequence = (packet.sequence + self._sequence_offset) & 0xFFFF
        timestamp = self.timestamp(packet.timestamp)
        if self._last_sequence is None or is_newer(sequence, self._last_sequence):
            self._last_sequence, self._last_timestamp, self._last_arrival = sequence, timestamp, arrival
        self.packets += 1
        self.octets += len(packet.payload)
        return write(
            packet,
            ssrc=self.outgoing.ssrc,
            payload_type=self.outgoing.payload_type,
            sequence=sequence,
            timestamp=timestamp,
            elements=self._mid_element + passed,
        )

    def again(self, packet: Packet, passed: bytes) -> bytes:
        """`packet` retransmitted: on the RTX stream (RFC 4588) when one was offered, else as it was."""
        if not self.outgoing.rtx_ssrc:
            return self.media(packet, passed, self._last_arrival)
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        original = (packet.sequence + self._sequence_offset) & 0xFFFF
        return write(
            packet,
            ssrc=self.outgoing.rtx_ssrc,
            payload_type=self.outgoing.rtx_payload_type,
            sequence=self._rtx_sequence,
            timestamp=self.timestamp(packet.timestamp),
            elements=self._mid_element + passed,
            prefix=original.to_bytes(2, "big"),
        )

    def source_sequence(self, sequence: int) -> int:
        """The publisher's number of the packet that this viewer knows as `sequence`."""
        return (sequence - self._sequence_offset) & 0xFFFF

    def timestamp(self, source_timestamp: int) -> int:
        """The publisher's RTP time on this viewer's clock."""
        return (source_timestamp + self._timestamp_offset) & 0xFFFFFFFF
