"""Packets read and written, against aiortc's own reader and writer."""

import pytest
from aiortc.rtp import RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from harness.local_stream.sfu.rtp import (
    AUDIO_LEVEL,
    OUTGOING_IDS,
    Packet,
    element,
    is_newer,
    passed_on,
    read_extensions,
    write,
)

SEQUENCES = st.integers(0, 0xFFFF)


def packet(**changes: object) -> Packet:
    whole = {
        "payload_type": 96,
        "marker": False,
        "sequence": 1,
        "timestamp": 2,
        "ssrc": 3,
        "extensions": {},
        "payload": b"x",
    }
    return Packet(**(whole | changes))  # type: ignore[arg-type]


@given(
    payload=st.binary(max_size=1200),
    marker=st.booleans(),
    sequence=SEQUENCES,
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    padding=st.integers(0, 200),
)
def test_reads_what_another_implementation_writes(
    payload: bytes, marker: bool, sequence: int, timestamp: int, ssrc: int, padding: int
) -> None:
    theirs = RtpPacket(
        payload_type=96,
        marker=marker,
        sequence_number=sequence,
        timestamp=timestamp,
        ssrc=ssrc,
        payload=payload,
    )
    theirs.padding_size = padding
    expected = packet(marker=marker, sequence=sequence, timestamp=timestamp, ssrc=ssrc, payload=payload)
    assert Packet.parse(theirs.serialize()) == expected


@given(payload=st.binary(max_size=1200), mid=st.binary(min_size=1, max_size=16), sequence=SEQUENCES)
def test_writes_what_it_reads(payload: bytes, mid: bytes, sequence: int) -> None:
    data = write(
        packet(payload=payload, marker=True),
        ssrc=7,
        payload_type=97,
        sequence=sequence,
        timestamp=9,
        elements=element(1, mid),
        payload=payload,
    )
    assert Packet.parse(data) == packet(
        marker=True,
        ssrc=7,
        payload_type=97,
        sequence=sequence,
        timestamp=9,
        extensions={1: mid},
        payload=payload,
    )


@given(st.binary(max_size=60))
def test_any_bytes_are_a_packet_or_a_value_error(data: bytes) -> None:
    try:
        assert isinstance(Packet.parse(data), Packet)
    except ValueError:
        assert True


def test_rtx_prefix_stands_before_the_payload() -> None:
    data = write(
        packet(payload=b"abc"),
        ssrc=1,
        payload_type=97,
        sequence=1,
        timestamp=1,
        elements=b"",
        payload=b"abc",
        prefix=b"\x12\x34",
    )
    assert Packet.parse(data).payload == b"\x12\x34abc"


def test_only_what_viewers_may_get_is_passed_on_under_our_ids() -> None:
    theirs = {14: b"\x85", 9: b"0", 4: b"\x00\x01"}
    level = OUTGOING_IDS[AUDIO_LEVEL]
    assert passed_on(theirs, {14: level}) == element(level, b"\x85")


def test_two_byte_extensions_are_read() -> None:
    assert read_extensions(0x1000, bytes((5, 2)) + b"hi" + bytes((0, 9, 0))) == {5: b"hi", 9: b""}


def test_extension_that_is_cut_short_is_left_out() -> None:
    assert read_extensions(0xBEDE, element(1, b"ok") + bytes((0x2F,)) + b"short") == {1: b"ok"}


@pytest.mark.parametrize(
    ("sequence", "than", "newer"), [(1, 0, True), (0, 0xFFFF, True), (0xFFFF, 0, False), (5, 5, False)]
)
def test_newer_knows_that_numbers_wrap(sequence: int, than: int, newer: bool) -> None:
    assert is_newer(sequence, than) is newer
