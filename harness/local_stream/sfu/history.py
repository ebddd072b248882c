"""The last packets of one source, kept for viewers who lost some."""

from __future__ import annotations

from harness.local_stream.sfu.rtp import Packet

# A power of two: about four seconds of video at 1 Mbit/s, far beyond any round trip.
SIZE = 512


class History:
    """A ring by sequence number; a packet is found until `SIZE` later ones have come."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._ring: list[tuple[Packet, bytes] | None] = [None] * size

    def add(self, packet: Packet, passed: bytes) -> None:
        """Keep `packet` and the extension elements that go along with it."""
        self._ring[packet.sequence % self._size] = (packet, passed)

    def find(self, ssrc: int, sequence: int) -> tuple[Packet, bytes] | None:
        """The packet with this number of this source, when it is still there."""
        entry = self._ring[sequence % self._size]
        if entry is None or entry[0].sequence != sequence or entry[0].ssrc != ssrc:
            return None
        return entry
