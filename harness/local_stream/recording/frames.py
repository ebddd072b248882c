"""From RTP packets to the frames that they carry: in order again, whole, from a key frame on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aiortc.codecs.h264 import H264PayloadDescriptor

from harness.local_stream.recording import vp9
from harness.local_stream.sfu.codec import starts_key_frame
from harness.local_stream.sfu.rtp import Packet, is_newer
from harness.local_stream.sfu.vp8 import Descriptor

# So many packets are held for one that is missing: the publisher repeats pictures when asked (a NACK takes
# about 0.1 s, in which a camera sends 15 packets), sound it does not.
PATIENCE = {"opus": 10}
PATIENCE_FOR_PICTURES = 200


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded picture, or the sound of one packet; `timestamp` is the RTP time."""

    timestamp: int
    data: bytes
    key: bool


class Frames:
    """One stream. `lost` counts holes that nobody mended; `wants_key_frame` is true until one comes."""

    def __init__(self, codec: str) -> None:
        self.lost = 0
        self.wants_key_frame = True
        self._codec = codec
        self._body = _BODIES[codec]
        self._patience = PATIENCE.get(codec, PATIENCE_FOR_PICTURES)
        self._next: int | None = None
        self._held: dict[int, Packet] = {}
        self._parts: list[bytes] = []
        self._key = False
        self._timestamp = 0

    def add(self, packet: Packet) -> Iterator[Frame]:
        """The frames that are complete with `packet`, oldest first."""
        if self._next is None:
            self._next = packet.sequence
        if is_newer(self._next, packet.sequence):
            return  # it comes too late, or again
        self._held[packet.sequence] = packet
        if len(self._held) > self._patience:
            self._give_up()
        while (following := self._held.pop(self._next, None)) is not None:
            self._next = (self._next + 1) & 0xFFFF
            if frame := self._take(following):
                yield frame

    def _give_up(self) -> None:
        """Go on behind the hole; what depends on the lost packets can not be decoded."""
        assert self._next is not None
        behind = self._next
        self._next = min(self._held, key=lambda sequence: (sequence - behind) & 0xFFFF)
        self.lost += 1
        self._parts.clear()
        self.wants_key_frame = True

    def _take(self, packet: Packet) -> Frame | None:
        if not packet.payload:
            return None  # padding, which probes the path
        if self._codec == "opus":
            return Frame(packet.timestamp, packet.payload, key=True)
        if not self._parts:
            self._key, self._timestamp = starts_key_frame(self._codec, packet.payload), packet.timestamp
            self.wants_key_frame = self.wants_key_frame and not self._key
        if self.wants_key_frame:
            return None
        body = self._body(packet.payload)
        if body is None:
            self._parts.clear()
            self.wants_key_frame = True
            return None
        self._parts.append(body)
        return self._complete() if packet.marker else None

    def _complete(self) -> Frame:
        frame = Frame(self._timestamp, b"".join(self._parts), self._key)
        self._parts.clear()
        return frame


def _vp8(payload: bytes) -> bytes | None:
    descriptor = Descriptor.read(payload)
    return None if descriptor is None else payload[descriptor.length :]


def _vp9(payload: bytes) -> bytes | None:
    length = vp9.descriptor_length(payload)
    return None if length is None else payload[length:]


def _h264(payload: bytes) -> bytes | None:
    """With start codes (Annex B)."""
    try:
        _, units = H264PayloadDescriptor.parse(payload)
    except ValueError:
        return None
    return bytes(units)


_BODIES: dict[str, Callable[[bytes], bytes | None]] = {
    "vp8": _vp8,
    "vp9": _vp9,
    "h264": _h264,
    "opus": lambda payload: payload,
}
