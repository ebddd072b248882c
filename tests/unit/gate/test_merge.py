"""Shards of one gate become one run: whole, judged as one, and never green without one of them."""

from __future__ import annotations

import io
from pathlib import Path
from shutil import copytree

import pytest
from rich.console import Console

from harness.config import HarnessSettings
from harness.errors import UsageError
from harness.gate import Speed
from harness.gate.merge import merge
from harness.gate.share import Share
from harness.trace.events import read
from tests.unit.gate.conftest import CHECKS, GateRun, RunGate

SUITE = """
    from pathlib import Path

    @pytest.mark.check("T01")
    @pytest.mark.parametrize("case", ["a", "b", "c"])
    def test_answers(case, request):
        folder = request.config.getoption("--run-dir") / "evidence"
        folder.mkdir(exist_ok=True)
        (folder / f"{case}.txt").write_text(case)

    @pytest.mark.check("T02")
    def test_signs(): assert %s, "not signed"

    @pytest.mark.check("G01")
    def test_live(): pass
"""


def both(run_gate: RunGate, source: str) -> list[Path]:
    """The run folders of both shards."""
    return [run_gate(source, speed=Speed(shard=Share(number, 2))).folder for number in (1, 2)]


def merged(folders: list[Path], runs: Path) -> GateRun:
    console = Console(file=io.StringIO(), width=100, highlight=False, soft_wrap=True)
    code = merge(HarnessSettings(runs=runs), folders, checks=CHECKS, console=console)
    (folder,) = runs.iterdir()
    assert isinstance(console.file, io.StringIO)
    return GateRun(code, console.file.getvalue(), folder)


def test_all_shards_together_are_a_release(run_gate: RunGate, tmp_path: Path) -> None:
    run = merged(both(run_gate, SUITE % "True"), tmp_path / "merged")
    assert run.exit_code == 0, run.terminal
    assert "RELEASE  All 3 checks are green. NOT covered by this version: 1 must (G02)." in run.terminal
    assert "<h1>RELEASE</h1>" in run.report
    assert sum(event["what"] == "check" for event in run.events) == 5
    # What each left is kept, and nothing that speaks for a shard as if for the whole.
    assert len(list(run.folder.glob("shard-*/evidence/*.txt"))) == 3
    assert sorted(run.folder.glob("shard-*/report.html")) == []


def test_red_in_one_shard_is_red(run_gate: RunGate, tmp_path: Path) -> None:
    run = merged(both(run_gate, SUITE % "False"), tmp_path / "merged")
    assert run.exit_code == 1
    assert "1 check failed: T02." in run.terminal
    (result,) = [event for event in run.events if event["what"] == "check" and event["attempt"] == 2]
    assert result["id"] == "T02"


def test_shard_that_is_missing_is_a_gap(run_gate: RunGate, tmp_path: Path) -> None:
    first, _ = both(run_gate, SUITE % "True")
    run = merged([first], tmp_path / "merged")
    assert run.exit_code == 2
    assert "not proven (gap): " in run.terminal
    assert "Shard 2/2 missing: what was left to it is not proven." in run.terminal


def test_shard_that_was_killed_is_never_green(run_gate: RunGate, tmp_path: Path) -> None:
    first, second = both(run_gate, SUITE % "True")
    log = second / "events.jsonl"
    log.write_text("".join(line for line in log.open() if '"what": "verdict"' not in line))
    run = merged([first, second], tmp_path / "merged")
    assert run.exit_code == 2
    assert "Shard 2/2 left no verdict" in run.terminal


def test_shards_that_went_by_different_timings_are_told(run_gate: RunGate, tmp_path: Path) -> None:
    first, second = both(run_gate, SUITE % "True")
    log = second / "events.jsonl"
    (asked,) = (event for event in read(log) if event["what"] == "run")
    log.write_text(log.read_text().replace(asked["split"], "another"))
    run = merged([first, second], tmp_path / "merged")
    assert run.exit_code == 2
    assert "The shards went by different timings: give each the same --timings." in run.terminal


def test_what_is_no_shard_of_one_gate_is_refused(run_gate: RunGate, tmp_path: Path) -> None:
    whole = run_gate(SUITE % "True").folder
    first = run_gate(SUITE % "True", speed=Speed(shard=Share(1, 2))).folder
    third = run_gate(SUITE % "True", speed=Speed(shard=Share(1, 3))).folder
    copy = copytree(first, tmp_path / "copy")
    runs = tmp_path / "merged"
    for folders, sentence in (
        ([tmp_path], "holds no run of the gate"),
        ([whole], "is a whole run"),
        ([first, third], "are not shards of one gate"),
        ([first, copy], "was named twice"),
    ):
        with pytest.raises(UsageError, match=sentence):
            merged(folders, runs)
    assert not runs.exists()
