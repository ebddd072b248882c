"""Several workers, shards and time limits, over small suites in real pytest processes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.config import HarnessSettings, TargetSettings
from harness.errors import UsageError
from harness.gate import Speed, gate
from harness.gate.release import default_workers
from harness.gate.share import Share
from tests.unit.gate.conftest import GateRun, RunGate

# Each test tells which process ran it.
SUITE = """
    import os
    from pathlib import Path

    def note(name): Path(__file__).with_name(f"{name}.pid").write_text(str(os.getpid()))

    @pytest.mark.check("T01")
    @pytest.mark.parametrize("case", ["a", "b", "c"])
    def test_answers(case): note(case)

    @pytest.mark.check("T02")
    def test_signs():
        note("signs")
        assert %s, "not signed"

    @pytest.mark.check("G01")
    def test_live(): note("live")
"""
GREEN, RED = SUITE % "True", SUITE % "False"
PEOPLE = """
    @pytest.fixture
    def pluggable_rehearsal(): return None

    @pytest.mark.check("T01")
    @pytest.mark.parametrize("case", ["a", "b"])
    def test_answers(case): pass

    @pytest.mark.check("T02")
    def test_no_device(pluggable_rehearsal): pass

    @pytest.mark.check("G01")
    def test_unplugged(pluggable_rehearsal): pass
"""
UNENDING = """
    import threading

    @pytest.mark.check("T01")
    def test_quick(): pass

    @pytest.mark.check("T02")
    def test_red(): raise AssertionError("red")

    @pytest.mark.check("G01")
    def test_waits(): threading.Event().wait()
"""


def processes(run: GateRun) -> set[str]:
    """Those that ran tests."""
    return {file.read_text() for file in (run.folder.parents[1] / "suite" / "tests").glob("*.pid")}


def ended_in(run: GateRun, attempt: int) -> list[str]:
    return [
        event["test"].rpartition("::")[2]
        for event in run.events
        if event["what"] == "check" and event["attempt"] == attempt
    ]


@pytest.mark.parametrize(("workers", "expected"), [(1, 1), (2, 2), (8, 5)])
def test_workers_run_every_test_once(run_gate: RunGate, workers: int, expected: int) -> None:
    run = run_gate(GREEN, speed=Speed(workers))
    assert run.exit_code == 0, run.terminal
    assert "RELEASE  All 3 checks are green." in run.terminal
    assert len(ended_in(run, 1)) == len(set(ended_in(run, 1))) == 5
    assert len(processes(run)) == expected


def test_who_needs_another_browser_goes_to_one_worker(run_gate: RunGate) -> None:
    """Alike in time, the two of them would each go to another worker."""
    run = run_gate(PEOPLE, speed=Speed(2))
    assert run.exit_code == 0, run.terminal
    worker = {e["test"].rpartition("::")[2]: e["worker"] for e in run.events if e["what"] == "check"}
    assert worker["test_no_device"] == worker["test_unplugged"]
    assert len(set(worker.values())) == 2, worker


def test_what_was_red_beside_others_is_run_again_alone(run_gate: RunGate) -> None:
    run = run_gate(RED, speed=Speed(2))
    assert run.exit_code == 1
    assert "1 check failed: T02." in run.terminal
    assert ended_in(run, attempt=2) == ["test_signs"]
    assert (run.folder / "logs" / "pytest-1-worker-2.log").exists()
    assert not (run.folder / "logs" / "pytest-2-worker-2.log").exists()


def test_what_is_red_is_not_run_again_by_who_does_not_want_it(run_gate: RunGate) -> None:
    run = run_gate(RED, speed=Speed(again=False))
    assert run.exit_code == 1
    assert "1 check failed: T02." in run.terminal
    assert ended_in(run, attempt=1)
    assert not ended_in(run, attempt=2)


def test_a_worker_that_dies_is_never_green(run_gate: RunGate) -> None:
    run = run_gate(GREEN.replace('note("live")', "os._exit(0)"), speed=Speed(2))
    assert run.exit_code == 2
    assert "did not end: tests/test_app.py::test_live" in run.report


def test_a_worker_that_breaks_before_it_begins_is_never_green(run_gate: RunGate) -> None:
    breaks = """
    import sys
    if "2/2" in sys.argv:
        raise RuntimeError("half a worker")
    """
    run = run_gate(breaks + GREEN, speed=Speed(2))
    assert run.exit_code == 2
    assert "half a worker" in run.terminal


def test_a_shard_runs_its_part_and_releases_nothing(run_gate: RunGate) -> None:
    run = run_gate(GREEN, speed=Speed(shard=Share(1, 2)))
    assert run.exit_code == 0
    assert "PARTIAL  Shard 1/2 is green" in run.terminal
    assert "no release verdict before all shards are merged" in run.terminal
    assert 0 < len(ended_in(run, 1)) < 5


def test_red_in_a_shard_is_red_and_run_again_there(run_gate: RunGate) -> None:
    # Of five tests that take the same, in the order of their names, the fifth goes where the first went.
    run = run_gate(RED, speed=Speed(shard=Share(1, 2)))
    assert run.exit_code == 1
    assert "1 check failed: T02." in run.terminal
    assert ended_in(run, attempt=2) == ["test_signs"]


def test_time_that_is_over_is_a_clean_end_with_a_report(run_gate: RunGate) -> None:
    run = run_gate(UNENDING, speed=Speed(time_limit=5))
    assert run.exit_code == 2
    assert re.search(
        r"COULD NOT TELL  The time limit of 5 s was over when [0-2] of 3 checks had", run.terminal
    )
    assert "time limit of 5 s" in run.report
    assert "time limit of 5 s" in run.junit
    assert run.events[-1]["what"] == "verdict"


def test_checks_do_not_meet_in_one_party(tmp_path: Path) -> None:
    target = TargetSettings(token_url="https://x.example", party_id="one")
    settings = HarnessSettings(runs=tmp_path / "runs", cache_home=tmp_path / "cache")
    with pytest.raises(UsageError, match="--workers 2 would have checks meet in the one party"):
        gate(settings, (), target, Speed(workers=2))
    assert default_workers(target) == 1


def test_only_what_was_asked_for_is_told(run_gate: RunGate) -> None:
    both = """
    @pytest.mark.check("T01")
    @pytest.mark.check("T02")
    def test_both(): pass
    """
    ran = run_gate(both, ["T02"])
    assert ran.exit_code == 0
    assert "T02" in ran.terminal
    assert "T01" not in ran.terminal
