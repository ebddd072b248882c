"""What is remembered of how long tests took."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.gate.timings import learnt, read_timings, remembered, write_timings
from tests.unit.gate.test_results import ended


def test_one_slow_run_does_not_change_everything() -> None:
    events = [
        ended(1, "a", "passed"),
        ended(1, "b", "passed"),
        ended(1, "c", "failed"),
        ended(2, "a", "passed"),
    ]
    assert learnt(events, {"a": 0.5, "d": 9.0}) == {"a": 1.0, "b": 1.5, "d": 9.0}


def test_what_is_written_is_read_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "new" / "timings.json"
    write_timings(file, {"a": 1.5})
    assert read_timings(file) == remembered(file) == {"a": 1.5}
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("text", ["", "[]", '{"a": "x"}', '{"a": null}'])
def test_a_broken_file_is_told_when_it_was_named_and_else_forgotten(tmp_path: Path, text: str) -> None:
    file = tmp_path / "timings.json"
    file.write_text(text)
    assert remembered(file) == {}
    with pytest.raises(UsageError, match="The timings"):
        read_timings(file)
