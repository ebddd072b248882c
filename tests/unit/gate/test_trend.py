"""The trend over runs: each run where it belongs, from 0 up, and told in a table, too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import HarnessError, UsageError
from harness.gate.trend import HEIGHT, TOP, RunPoint, charts, trend
from harness.trace.events import RunLog
from tests.unit.gate.a_run import BEGAN, write_run


def point(name: str, began: float, *frames: float, seconds: float = 90.0, flaky: int = 0) -> RunPoint:
    return RunPoint(name, began, seconds, "RELEASE", frames, ["G01"] * flaky, [])


def test_runs_go_from_left_to_right_and_values_up() -> None:
    first_frame, duration, flakes = charts(
        [point("a", 0, 1.0, 3.0, 2.0), point("b", 60, 4.0, seconds=45.0, flaky=2)]
    )
    assert [dot.x for dot in first_frame.dots] == sorted(dot.x for dot in first_frame.dots)
    assert first_frame.dots[1].y < first_frame.dots[0].y < HEIGHT
    assert len(first_frame.faint) == 4
    assert duration.dots[0].y < duration.dots[1].y
    # The larger number of two is the top of its axis, and none of them its foot.
    assert (flakes.dots[1].y, flakes.ticks[0][1]) == (TOP, "0")


def test_a_run_without_a_picture_leaves_a_gap_in_the_line() -> None:
    (first_frame, *_) = charts([point("a", 0, 1.0), point("b", 60), point("c", 120, 1.0)])
    assert len(first_frame.dots) == 2


def test_page_tells_every_run_and_what_was_flaky_in_it(tmp_path: Path) -> None:
    write_run(tmp_path / "first")
    log = RunLog(tmp_path / "second" / "events.jsonl")
    for attempt, outcome in ((1, "failed"), (2, "passed")):
        log.attempt = attempt
        log.event("harness", "collected", t=BEGAN + 100, checks={"G01": ["a"]})
        told = {"outcome": outcome, "message": "<script>", "phase": "call", "seconds": 1.0}
        log.event("harness", "check", t=BEGAN + 120 + attempt, id="G01", test="a", **told)
    log.event("harness", "verdict", t=BEGAN + 130, word="DO NOT RELEASE", trouble=None)
    trend([tmp_path / "second", tmp_path / "first"], tmp_path / "new" / "trend.html")
    page = (tmp_path / "new" / "trend.html").read_text()
    rows = [re.findall("<td[^>]*>(.*?)</td>", row) for row in re.findall("<tr><td>.*?</tr>", page)]
    assert [row[1] for row in rows] == ["first", "second"]
    assert rows[0][2:] == ["no verdict", "1.27 s", "13.7 s", "none", "G03"]
    assert rows[1][2:] == ["DO NOT RELEASE", "none seen", "30.0 s", "G01", "none"]
    assert page.count("<svg") == 3
    assert "http" not in page.replace("http-equiv", "")


def test_what_is_no_run_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no run"):
        trend([tmp_path], tmp_path / "trend.html")


def test_a_page_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    write_run(tmp_path / "run")
    with pytest.raises(HarnessError, match="could not be written"):
        trend([tmp_path / "run"], tmp_path)
