"""Where a picture can begin, told by packets of real encoders."""

from fractions import Fraction

import numpy as np
import pytest
from aiortc.codecs.vpx import Vp8Encoder, VpxPayloadDescriptor
from av import VideoFrame

from harness.local_stream.sfu.codec import starts_key_frame
from tests.unit.local_stream.sfu.recorded_packets import packets


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


@pytest.mark.parametrize("name", ["h264", "vp9"])
def test_key_frames_of_chromium_are_told_from_what_follows(name: str) -> None:
    """The first picture and those that were asked for: three in the first two seconds of 20 frames each."""
    recorded = packets(name)
    keys = [packet for _, packet in recorded if starts_key_frame(name, packet.payload)]
    assert starts_key_frame(name, recorded[0][1].payload)
    assert not starts_key_frame(name, recorded[1][1].payload)
    assert len(keys) == 3
    assert all(packet.extensions.keys() & {3} for packet in keys), (
        "Chromium says the orientation with key frames"
    )


@pytest.mark.parametrize(
    ("payload", "begins"),
    [
        (b"\x65\x88", True),  # an IDR slice
        (b"\x67\x42", True),  # its parameters
        (b"\x41\x9a", False),  # a slice of another picture
        (b"\x78\x00\x0f\x67", True),  # both in one packet (STAP-A)
        (b"\x78\x00\x0f\x41", False),
        (b"\x7c\x85\x88", True),  # the first fragment of an IDR slice (FU-A)
        (b"\x7c\x05\x88", False),  # a later one
        (b"\x7c\x81\x9a", False),
        (b"", False),
        (b"\x78", False),
        (b"\x7c", False),
    ],
)
def test_h264_begins_with_an_idr_picture_or_its_parameters(payload: bytes, begins: bool) -> None:
    assert starts_key_frame("H264", payload) is begins


@pytest.mark.parametrize(
    ("payload", "begins"),
    [
        (b"\x08", True),  # B, no layers
        (b"\x88\x81\x05", True),  # with a picture id
        (b"\xa8\x81\x05\x00", True),  # the lowest spatial layer
        (b"\xa8\x05\x00", True),  # with a short picture id
        (b"\xa8\x81\x05\x02", False),  # a higher one
        (b"\x48", False),  # P: depends on another picture
        (b"\x00", False),  # not the beginning of a frame
        (b"", False),
        (b"\xa8\x81", False),
    ],
)
def test_vp9_begins_with_a_frame_that_depends_on_none(payload: bytes, begins: bool) -> None:
    assert starts_key_frame("VP9", payload) is begins
