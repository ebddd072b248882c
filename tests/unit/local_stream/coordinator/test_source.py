"""Ids repeat with a seed; the clock can be moved."""

import uuid

from harness.local_stream.coordinator.source import Source


def test_a_seed_repeats_the_ids() -> None:
    first, second = Source(seed=7), Source(seed=7)
    ids = [first.new_id() for _ in range(3)]
    assert [second.new_id() for _ in range(3)] == ids
    assert Source(seed=8).new_id() != ids[0]
    assert {uuid.UUID(each).version for each in ids} == {4}


def test_without_a_seed_they_do_not() -> None:
    assert Source().new_id() != Source().new_id()


def test_the_offset_moves_both_readings_of_the_clock() -> None:
    ahead, plain = Source(offset=3600), Source()
    assert 3599 < ahead.seconds() - plain.seconds() < 3601
    assert 3599 < (ahead.now() - plain.now()).total_seconds() < 3601
