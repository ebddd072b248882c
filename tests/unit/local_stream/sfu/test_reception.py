"""What the SFU reports of a source and what it asks for again."""

import pytest

from harness.local_stream.sfu.reception import ASK_AGAIN_SECONDS, ASK_AT_MOST, LARGEST_HOLE, Reception
from harness.local_stream.sfu.rtcp import SenderReport
from tests.unit.local_stream.sfu.test_rtp import packet


def reception(*sequences: int, retransmits: bool = True) -> Reception:
    one = Reception(3, 90_000, retransmits=retransmits)
    for sequence in sequences:
        one.add(packet(sequence=sequence & 0xFFFF), 0.0)
    return one


def test_missing_packets_are_asked_for_at_once_then_in_intervals_and_given_up_at_last() -> None:
    one = reception(0xFFFE, 1)
    assert one.due(0.0) == [0xFFFF, 0]
    assert one.due(ASK_AGAIN_SECONDS / 2) == []
    for asked in range(1, ASK_AT_MOST):
        assert one.due(asked * ASK_AGAIN_SECONDS * 1.01) == [0xFFFF, 0]
    assert one.due(1000.0) == []


def test_what_came_late_is_not_asked_for() -> None:
    assert reception(1, 4, 2).due(0.0) == [3]


def test_source_that_does_not_retransmit_is_not_asked() -> None:
    assert reception(1, 9, retransmits=False).due(0.0) == []


def test_hole_too_large_is_told_and_not_mended_packet_by_packet() -> None:
    one = reception(1)
    assert not one.add(packet(sequence=3), 0.0)
    assert one.add(packet(sequence=3 + LARGEST_HOLE + 1), 0.0)
    assert one.due(0.0) == []


def test_report_counts_loss_since_the_last_one_and_over_all() -> None:
    one = reception(*range(0xFFF0, 0xFFF0 + 10), *range(0xFFF0 + 20, 0xFFF0 + 30))
    block = one.report(0.0)
    assert block is not None
    assert (block.packets_lost, block.fraction_lost) == (10, (10 << 8) // 30)
    assert block.highest_sequence == 0xFFF0 + 29
    one.add(packet(sequence=(0xFFF0 + 30) & 0xFFFF), 0.0)
    later = one.report(1.0)
    assert later is not None
    assert (later.packets_lost, later.fraction_lost) == (10, 0)


def test_report_says_how_old_the_last_sender_report_is() -> None:
    one = reception(1)
    one.note_sender_report(SenderReport(3, 0x11112222_33334444, 0, 0, 0), arrival=10.0)
    block = one.report(10.5)
    assert block is not None
    assert (block.last_sender_report, block.delay) == (0x22223333, 32_768)


def test_jitter_is_in_units_of_the_source_clock() -> None:
    one = Reception(3, 90_000, retransmits=False)
    for number in range(400):
        late = 0.010 if number % 2 else 0.0
        one.add(packet(sequence=number, timestamp=number * 3000), number / 30 + late)
    block = one.report(20.0)
    assert block is not None
    assert block.jitter == pytest.approx(900, rel=0.05)


def test_nothing_is_reported_before_the_first_packet() -> None:
    assert reception().report(0.0) is None
