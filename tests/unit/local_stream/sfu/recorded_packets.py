"""Packets as Chromium sent them to the SFU, decrypted; of each payload only the first 16 bytes are kept."""

from __future__ import annotations

from pathlib import Path
from struct import Struct

from harness.local_stream.sfu.rtp import Packet

FOLDER = Path(__file__).parent / "recorded"
# Arrival in monotonic seconds, and the length of the packet that follows.
_HEAD = Struct("!dH")


def packets(name: str) -> list[tuple[float, Packet]]:
    """All packets of one recording with their arrival, in the order in which they came."""
    data, position = (FOLDER / f"chromium_156_{name}.rtp").read_bytes(), 0
    found = []
    while position < len(data):
        arrival, length = _HEAD.unpack_from(data, position)
        position += _HEAD.size
        found.append((arrival, Packet.parse(data[position : position + length])))
        position += length
    return found
