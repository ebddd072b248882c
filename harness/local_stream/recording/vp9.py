"""The descriptor before each VP9 payload: how long it is. Source: RFC 9628, 4.2."""

from __future__ import annotations

PICTURE_ID, PREDICTED, LAYERS, FLEXIBLE, STRUCTURE = 0x80, 0x40, 0x20, 0x10, 0x02
REFERENCES_AT_MOST = 3


def descriptor_length(payload: bytes) -> int | None:
    """None when the payload is cut short."""
    try:
        return _length(payload)
    except IndexError:
        return None


def _length(payload: bytes) -> int:
    flags, position = payload[0], 1
    if flags & PICTURE_ID:
        position += 2 if payload[position] & 0x80 else 1
    if flags & LAYERS:
        position += 1 if flags & FLEXIBLE else 2
    if flags & FLEXIBLE and flags & PREDICTED:
        for _ in range(REFERENCES_AT_MOST):
            position += 1
            if not payload[position - 1] & 0x01:
                break
    if flags & STRUCTURE:
        position = _after_structure(payload, position)
    return position


def _after_structure(payload: bytes, position: int) -> int:
    head = payload[position]
    position += 1
    if head & 0x10:  # the size of each spatial layer
        position += 4 * ((head >> 5) + 1)
    if head & 0x08:  # the pictures of a group, each with its references
        pictures = payload[position]
        position += 1
        for _ in range(pictures):
            position += 1 + (payload[position] >> 2 & 0x03)
    return position
