"""VP8's own numbers: read and moved on in descriptors of a real browser and of every other form."""

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given
from hypothesis import strategies as st

from harness.local_stream.sfu.vp8 import PICTURES, TL0_PICTURES, Descriptor, renumbered, starts_key_frame
from tests.unit.local_stream.sfu.recorded_packets import packets

optional_pictures = st.one_of(st.none(), st.integers(0, PICTURES - 1))
optional_tl0 = st.one_of(st.none(), st.integers(0, TL0_PICTURES - 1))


def read(payload: bytes) -> Descriptor:
    found = Descriptor.read(payload)
    assert found is not None
    return found


def test_chromiums_pictures_are_numbered_one_by_one_in_each_layer() -> None:
    sources: dict[int, list[Descriptor]] = {}
    for _, packet in packets("vp8_simulcast"):
        sources.setdefault(packet.ssrc, []).append(read(packet.payload))
    assert len(sources) == 2
    for frames in sources.values():
        numbers = sorted({frame.picture_id for frame in frames})
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert all(frame.wide and frame.tl0_at for frame in frames)


def test_chromium_asked_for_a_key_frame_sends_one_in_both_layers() -> None:
    keys = [packet.ssrc for _, packet in packets("vp8_simulcast") if starts_key_frame(packet.payload)]
    assert len(set(keys)) == 2
    assert len(keys) >= 4


@given(optional_pictures, optional_tl0, st.integers(0, PICTURES - 1), st.integers(0, 255), st.binary())
def test_moved_numbers_are_read_by_another_and_nothing_else_changes(
    picture: int | None, tl0: int | None, by: int, tl0_by: int, rest: bytes
) -> None:
    layer = None if tl0 is None else (1, 0)
    whole = bytes(
        VpxPayloadDescriptor(
            partition_start=1, partition_id=0, picture_id=picture, tl0picidx=tl0, tid=layer, keyidx=None
        )
    )
    moved, payload = VpxPayloadDescriptor.parse(renumbered(whole + rest, by, tl0_by))
    assert moved.picture_id == (None if picture is None else (picture + by) % PICTURES)
    assert moved.tl0picidx == (None if tl0 is None else (tl0 + tl0_by) % TL0_PICTURES)
    assert (moved.partition_start, moved.tid, payload) == (1, layer, rest)


def test_nothing_to_move_leaves_the_very_payload() -> None:
    payload = packets("vp8_simulcast")[0][1].payload
    assert renumbered(payload, 0, 0) is payload


@pytest.mark.parametrize("payload", [b"", b"\x90", b"\x90\xe0", b"\x90\xe0\x80", b"\x90\xc0\x05"])
def test_fragments_are_left_alone(payload: bytes) -> None:
    assert Descriptor.read(payload) is None
    assert renumbered(payload, 3, 4) == payload
    assert not starts_key_frame(payload)
