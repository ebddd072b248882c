"""Frames out of packets: whole, in order, and none that can not be decoded."""

from __future__ import annotations

import random

import pytest
from aiortc.codecs.h264 import H264Encoder

from harness.local_stream.recording.frames import PATIENCE_FOR_PICTURES, Frame, Frames
from harness.local_stream.recording.vp9 import descriptor_length
from harness.local_stream.sfu.rtp import Packet
from tests.unit.local_stream.recording.encoded import pictures
from tests.unit.local_stream.sfu.recorded_packets import packets

CUT = 40  # bytes of a picture in one packet, so that each takes several
LUMAS = [40, 80, 120, 160, 200, 240]


def packed(codec: str, frames: list[Frame], first: int = 65_530) -> list[Packet]:
    """As RTP, with sequence numbers that begin at `first` and wrap."""
    found: list[Packet] = []
    for frame in frames:
        payloads = _payloads(codec, frame)
        for index, payload in enumerate(payloads):
            last = index == len(payloads) - 1
            found.append(Packet(96, last, first % 0x10000, frame.timestamp, 1, {}, payload))
            first += 1
    return found


def _payloads(codec: str, frame: Frame) -> list[bytes]:
    if codec == "h264":
        return H264Encoder._packetize(H264Encoder._split_bitstream(frame.data))  # type: ignore[no-any-return]
    parts = [frame.data[at : at + CUT] for at in range(0, len(frame.data), CUT)]
    if codec == "vp8":  # X, I with a wide picture id; S on the first
        return [bytes([0x90 if n == 0 else 0x80, 0x80, 0x81, 0x02]) + part for n, part in enumerate(parts)]
    predicted = 0 if frame.key else 0x40  # I, P, B on the first, E on the last; a picture id of one byte
    ends = [0x08 * (n == 0) | 0x04 * (n == len(parts) - 1) for n in range(len(parts))]
    return [bytes([0x80 | predicted | end, 0x05]) + part for end, part in zip(ends, parts, strict=True)]


def out_of(codec: str, came: list[Packet]) -> tuple[Frames, list[Frame]]:
    frames = Frames(codec)
    return frames, [frame for packet in came for frame in frames.add(packet)]


@pytest.mark.parametrize("codec", ["vp8", "vp9", "h264"])
def test_what_was_packed_comes_out_again(codec: str) -> None:
    sent = pictures(codec, LUMAS)
    frames, found = out_of(codec, packed(codec, sent))
    assert [(each.timestamp, each.key) for each in found] == [(each.timestamp, each.key) for each in sent]
    if codec != "h264":  # its start codes may be written shorter
        assert [each.data for each in found] == [each.data for each in sent]
    assert frames.lost == 0
    assert not frames.wants_key_frame


def test_late_and_repeated_packets_find_their_place() -> None:
    sent = pictures("vp8", LUMAS)
    came = packed("vp8", sent)
    first, rest = came[0], came[1:]
    random.Random(7).shuffle(rest)
    frames, found = out_of("vp8", [first, *rest, *came])
    assert [each.data for each in found] == [each.data for each in sent]
    assert frames.lost == 0


def test_what_comes_again_is_no_hole() -> None:
    sent = pictures("vp8", LUMAS * 40)
    came = packed("vp8", sent)
    assert len(came) > PATIENCE_FOR_PICTURES
    frames, found = out_of("vp8", came + came)
    assert (len(found), frames.lost) == (len(sent), 0)


def test_after_a_hole_nothing_comes_until_a_key_frame() -> None:
    first, second = pictures("vp8", LUMAS * 40), pictures("vp8", LUMAS)
    came = packed("vp8", first)
    del came[30]
    frames, found = out_of("vp8", came)
    assert len(came) > PATIENCE_FOR_PICTURES + 30
    assert 0 < len(found) < len(first)
    assert [each.data for each in found] == [each.data for each in first[: len(found)]]
    assert (frames.lost, frames.wants_key_frame) == (1, True)
    after = [
        frame for packet in packed("vp8", second, 65_530 + len(came) + 1) for frame in frames.add(packet)
    ]
    assert [each.data for each in after] == [each.data for each in second]
    assert not frames.wants_key_frame


def test_sound_does_not_wait_long_for_what_is_lost() -> None:
    came = [Packet(111, False, n, n * 960, 1, {}, bytes([n])) for n in range(30) if n != 5]
    frames, found = out_of("opus", came)
    assert [each.data[0] for each in found] == [n for n in range(30) if n != 5]
    assert frames.lost == 1


def test_padding_is_no_frame() -> None:
    frame, *_ = pictures("vp8", [60])
    came = packed("vp8", [frame], first=0)
    padding = Packet(96, False, len(came), frame.timestamp, 1, {}, b"")
    assert len(out_of("vp8", [*came, padding])[1]) == 1


@pytest.mark.parametrize(("codec", "recording"), [("vp8", "vp8_simulcast"), ("vp9", "vp9")])
def test_packets_of_a_browser_make_frames(codec: str, recording: str) -> None:
    """Their payloads are cut, so that alone how many there are can be told."""
    came = [packet for _, packet in packets(recording)]
    one = [
        packet
        for packet in came
        if packet.ssrc == came[0].ssrc and packet.payload_type == came[0].payload_type
    ]
    _, found = out_of(codec, one)
    complete = {packet.timestamp for packet in one if packet.marker and packet.payload}
    assert found
    assert found[0].key
    assert {each.timestamp for each in found} <= complete


@pytest.mark.parametrize(
    ("descriptor", "length"),
    [
        ("0c", 1),
        ("8c05", 2),
        ("8c8123", 3),
        ("ac810020 07", 5),  # picture id, layers, TL0PICIDX
        ("dc8123 03 02", 5),  # flexible: two references
        ("0a 10 0500 02d0", 6),  # the size of one layer
        ("0a 08 01 04 01", 5),  # one picture in a group, with one reference
        ("8a", None),
        ("0a 08 05", None),
    ],
)
def test_the_length_of_a_vp9_descriptor(descriptor: str, length: int | None) -> None:
    header = bytes.fromhex(descriptor)
    assert descriptor_length(header + b"picture" if length else header) == length
