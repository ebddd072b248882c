"""What the SFU must know of a codec without decoding it: where a picture can begin.

Sources: RFC 7741 (VP8), RFC 6184 (H264), RFC 9628 (VP9).
"""

from __future__ import annotations

from collections.abc import Callable

from harness.local_stream.sfu import vp8

# H264 NAL units: a slice of an IDR picture, the parameter set before it; STAP-A and FU-A hold others.
IDR, PARAMETERS, AGGREGATE, FRAGMENT = 5, 7, 24, 28


def starts_key_frame(codec: str, payload: bytes) -> bool:
    """Whether a viewer can begin with this packet; always, for codecs that the SFU does not read (Opus)."""
    reader = _READERS.get(codec.lower())
    return reader(payload) if reader else True


def _h264(payload: bytes) -> bool:
    """The parameters that browsers send before each IDR picture, or the picture itself."""
    kind = payload[0] & 0x1F if payload else 0
    if kind == AGGREGATE:
        return len(payload) > 3 and payload[3] & 0x1F in (IDR, PARAMETERS)
    if kind == FRAGMENT:
        return len(payload) > 1 and bool(payload[1] & 0x80) and payload[1] & 0x1F in (IDR, PARAMETERS)
    return kind in (IDR, PARAMETERS)


def _vp9(payload: bytes) -> bool:
    """Begins a frame (B), which depends on no other picture (P), nor on a lower layer (SID 0)."""
    if not payload or payload[0] & 0x48 != 0x08:
        return False
    if not payload[0] & 0x20:
        return True  # no layer indices: a single layer
    position = 1
    if payload[0] & 0x80:
        position += 2 if len(payload) > 1 and payload[1] & 0x80 else 1
    return len(payload) > position and not payload[position] & 0x0E


_READERS: dict[str, Callable[[bytes], bool]] = {"vp8": vp8.starts_key_frame, "h264": _h264, "vp9": _vp9}
