"""RTP packets as the SFU sees them: header read once, payload never opened, header written once per viewer.

Header extensions carry ids that each offer chooses. The SFU makes every subscriber offer, so towards
viewers the ids are its own constants, and what may pass through is re-labelled once per packet however many
viewers there are. Sources: RFC 3550 (RTP), RFC 8285 (header extensions), RFC 4588 (retransmission).
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
# Which layer a packet belongs to, and which one a retransmission repairs (RFC 8852).
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
VIDEO_ORIENTATION = "urn:3gpp:video-orientation"
ABS_CAPTURE_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"

# Ids towards viewers. Those beside MID are passed on from the publisher.
OUTGOING_IDS = {MID: 1, AUDIO_LEVEL: 2, VIDEO_ORIENTATION: 3, ABS_CAPTURE_TIME: 4}
# What a publisher's packets may carry for us.
INCOMING = frozenset({*OUTGOING_IDS, RID, REPAIRED_RID})

_FIXED = Struct("!BBHLL")
_EXTENSION = Struct("!HH")
ONE_BYTE_PROFILE = 0xBEDE


@dataclass(slots=True)
class Packet:
    """One packet. `extensions` maps the sender's ids to values; `payload` is without padding."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    extensions: dict[int, bytes]
    payload: bytes

    @classmethod
    def parse(cls, data: bytes) -> Packet:
        """Raises ValueError on anything that is not RTP version 2, whole."""
        if len(data) < 12 or data[0] >> 6 != 2:
            raise ValueError("not an RTP packet")
        first, second, sequence, timestamp, ssrc = _FIXED.unpack_from(data)
        start = 12 + 4 * (first & 0x0F)
        extensions: dict[int, bytes] = {}
        if first & 0x10:
            if len(data) < start + 4:
                raise ValueError("RTP header extension is cut short")
            profile, words = _EXTENSION.unpack_from(data, start)
            start += 4
            extensions = read_extensions(profile, data[start : start + 4 * words])
            start += 4 * words
        end = len(data) - (data[-1] if first & 0x20 else 0)
        if start > len(data) or end < start:
            raise ValueError("RTP packet is cut short")
        return cls(second & 0x7F, bool(second & 0x80), sequence, timestamp, ssrc, extensions, data[start:end])

    def with_payload(self, *, ssrc: int, payload_type: int, sequence: int, payload: bytes) -> Packet:
        """The packet that this one carries for another stream (a retransmission unwrapped)."""
        return Packet(payload_type, self.marker, sequence, self.timestamp, ssrc, self.extensions, payload)


def payload_start(data: bytes) -> int:
    """Where the payload of an RTP packet begins."""
    start = 12 + 4 * (data[0] & 0x0F)
    return start + 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big") if data[0] & 0x10 else start


def read_extensions(profile: int, block: bytes) -> dict[int, bytes]:
    """Id to value, of the one-byte and the two-byte form; what is cut short is left out."""
    found: dict[int, bytes] = {}
    two_byte = profile & 0xFFF0 == 0x1000
    if profile != ONE_BYTE_PROFILE and not two_byte:
        return found
    position, size = 0, len(block)
    while position < size:
        head = block[position]
        position += 1
        if head == 0:
            continue
        if two_byte:
            if position >= size:
                break
            identifier, length = head, block[position]
            position += 1
        else:
            identifier, length = head >> 4, (head & 0x0F) + 1
        if position + length > size:
            break
        found[identifier] = block[position : position + length]
        position += length
    return found


def element(identifier: int, value: bytes) -> bytes:
    """One extension in the one-byte form (values of 1 to 16 bytes, ids of 1 to 14)."""
    return bytes(((identifier << 4) | (len(value) - 1),)) + value


def passed_on(extensions: dict[int, bytes], relabel: dict[int, int]) -> bytes:
    """The elements that viewers get, under the outgoing ids; `relabel` maps the publisher's ids to ours."""
    return b"".join(
        element(relabel[identifier], value)
        for identifier, value in extensions.items()
        if identifier in relabel and 0 < len(value) <= 16
    )


def write(
    packet: Packet,
    *,
    ssrc: int,
    payload_type: int,
    sequence: int,
    timestamp: int,
    elements: bytes,
    payload: bytes,
    prefix: bytes = b"",
) -> bytes:
    """The bytes of `packet` under another identity; `prefix` goes before the payload (RTX)."""
    words = (len(elements) + 3) // 4
    return b"".join(
        (
            _FIXED.pack(
                0x90 if elements else 0x80,
                payload_type | (0x80 if packet.marker else 0),
                sequence,
                timestamp,
                ssrc,
            ),
            _EXTENSION.pack(ONE_BYTE_PROFILE, words) + elements.ljust(4 * words, b"\0") if elements else b"",
            prefix,
            payload,
        )
    )


def is_newer(sequence: int, than: int) -> bool:
    """Whether `sequence` comes after `than`, both 16 bit and wrapping."""
    return 0 < (sequence - than) & 0xFFFF < 0x8000
