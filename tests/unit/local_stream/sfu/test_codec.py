"""Where a picture can begin, told by packets of real encoders."""

from fractions import Fraction

import numpy as np
import pytest
from aiortc.codecs.vpx import Vp8Encoder, VpxPayloadDescriptor
from av import VideoFrame

from harness.local_stream.sfu.codec import starts_key_frame


def frames(count: int) -> list[list[bytes]]:
    """The payloads of `count` encoded frames, the first of which alone is a key frame."""
    encoder, noise = Vp8Encoder(), np.random.default_rng(1)
    encoded = []
    for number in range(count):
        frame = VideoFrame.from_ndarray(noise.integers(0, 255, (240, 320, 3), np.uint8), format="rgb24")
        frame.pts, frame.time_base = number * 3000, Fraction(1, 90_000)
        encoded.append(encoder.encode(frame)[0])
    return encoded


def test_only_the_first_packet_of_a_key_frame_begins_a_picture() -> None:
    key, *others = frames(3)
    assert len(key) > 1
    assert [starts_key_frame("VP8", payload) for payload in key] == [True] + [False] * (len(key) - 1)
    assert not any(starts_key_frame("vp8", payload) for frame in others for payload in frame)


@pytest.mark.parametrize(
    "fields",
    [{}, {"picture_id": 5}, {"picture_id": 500}, {"tl0picidx": 3}, {"tid": (1, 0)}, {"keyidx": 4}],
    ids=lambda fields: next(iter(fields), "none"),
)
def test_descriptor_may_carry_any_optional_field(fields: dict[str, object]) -> None:
    whole = {"picture_id": None, "tl0picidx": None, "tid": None, "keyidx": None} | fields
    descriptor = VpxPayloadDescriptor(partition_start=1, partition_id=0, **whole)
    assert starts_key_frame("VP8", bytes(descriptor) + b"\x10\x02\x00")
    assert not starts_key_frame("VP8", bytes(descriptor) + b"\x11\x02\x00")


def test_nothing_and_fragments_begin_no_picture() -> None:
    assert not any(starts_key_frame("VP8", payload) for payload in (b"", b"\x10", b"\x90", b"\x90\x80"))


def test_sound_can_begin_anywhere() -> None:
    assert starts_key_frame("opus", b"")
