"""The descriptor before each VP8 payload: where a key frame begins, and numbers that must stay continuous.

A viewer whose stream goes over to another layer must not notice: picture id and TL0PICIDX go on where the
last layer left them. Source: RFC 7741, 4.2 (descriptor) and 4.3 (P bit of the frame header).
"""

from __future__ import annotations

from dataclasses import dataclass

PICTURES = 0x8000
TL0_PICTURES = 0x100


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What one payload says; positions are byte offsets in it, 0 for a field that is not there."""

    starts_frame: bool
    picture_id: int
    picture_at: int
    wide: bool
    tl0: int
    tl0_at: int
    length: int

    @classmethod
    def read(cls, payload: bytes) -> Descriptor | None:
        """None when the payload is cut short."""
        try:
            return _read(cls, payload)
        except IndexError:
            return None


def starts_key_frame(payload: bytes) -> bool:
    """Whether this is the first packet of a key frame."""
    descriptor = Descriptor.read(payload)
    if descriptor is None or not descriptor.starts_frame or len(payload) <= descriptor.length:
        return False
    return not payload[descriptor.length] & 0x01


def renumbered(payload: bytes, picture: int, tl0: int) -> bytes:
    """`payload` with `picture` added to its picture id and `tl0` to its TL0PICIDX, where it has them."""
    descriptor = Descriptor.read(payload) if picture or tl0 else None
    if descriptor is None:
        return payload
    changed = bytearray(payload[: descriptor.length])
    if descriptor.tl0_at:
        changed[descriptor.tl0_at] = (descriptor.tl0 + tl0) % TL0_PICTURES
    if descriptor.picture_at:
        identifier = (descriptor.picture_id + picture) % PICTURES | PICTURES
        end = descriptor.picture_at + (2 if descriptor.wide else 1)
        changed[descriptor.picture_at : end] = identifier.to_bytes(2, "big")
    return bytes(changed) + payload[descriptor.length :]


def _read(cls: type[Descriptor], payload: bytes) -> Descriptor:
    starts_frame = payload[0] & 0x17 == 0x10  # the S bit, and partition 0
    picture_id = picture_at = tl0 = tl0_at = 0
    wide = False
    position = 1
    if payload[0] & 0x80:
        flags, position = payload[1], 2
        if flags & 0x80:
            picture_at, wide = position, bool(payload[position] & 0x80)
            picture_id = payload[position] & 0x7F
            if wide:
                picture_id = picture_id << 8 | payload[position + 1]
            position += 2 if wide else 1
        if flags & 0x40:
            tl0_at, tl0 = position, payload[position]
            position += 1
        if flags & 0x30:
            position += 1
    return cls(starts_frame, picture_id, picture_at, wide, tl0, tl0_at, position)
