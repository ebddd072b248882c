"""What the SFU must know of a codec without decoding it: where a picture can begin."""

from __future__ import annotations


def starts_key_frame(codec: str, payload: bytes) -> bool:
    """Whether a viewer can begin with this packet; always, for codecs that the SFU does not read (Opus)."""
    return _vp8_key_frame(payload) if codec.lower() == "vp8" else True


def _vp8_key_frame(payload: bytes) -> bool:
    """First packet of a VP8 key frame: RFC 7741, 4.2 (descriptor) and 4.3 (P bit of the frame header)."""
    if not payload or not payload[0] & 0x10 or payload[0] & 0x07:
        return False  # not the start of the first partition
    offset = 1
    if payload[0] & 0x80:
        offset = 2 + _optional_length(payload)
    return len(payload) > offset and not payload[offset] & 0x01


def _optional_length(payload: bytes) -> int:
    """Bytes of picture id, TL0PICIDX and TID/KEYIDX after the two descriptor bytes."""
    if len(payload) < 3:
        return 0
    flags, length = payload[1], 0
    if flags & 0x80:
        length += 2 if payload[2] & 0x80 else 1
    if flags & 0x40:
        length += 1
    if flags & 0x30:
        length += 1
    return length
