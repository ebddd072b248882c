"""Where the time went, told from a run log."""

from __future__ import annotations

from pathlib import Path

from harness.gate.profile import profile
from harness.trace.events import RunLog, read

SEES = "tests/e2e/test_going_live.py::test_viewer_sees"
ASKS = "tests/contract/test_cors.py::test_it"


def told(tmp_path: Path) -> list[str]:
    log = RunLog(tmp_path / "events.jsonl")
    log.event("harness", "phase", name="servers started", seconds=1.25)
    log.test = ASKS
    log.event("harness", "check", id="T05", test=ASKS, seconds=0.2, phases={"setup": 0.1, "call": 0.1})
    log.test = SEES
    for waited in (1.5, 0.5):
        log.event("viewer", "media", name="picture", text="sees", waited=waited)
    for check in ("G03", "C04"):
        phases = {"setup": 2.0, "call": 3.0, "teardown": 0.5}
        log.event("harness", "check", id=check, test=SEES, seconds=5.5, phases=phases)
    log.close()
    return list(profile(read(tmp_path / "events.jsonl")))


def test_each_test_is_told_once_slowest_first_with_its_fixtures_and_proofs(tmp_path: Path) -> None:
    assert told(tmp_path) == [
        "Where the time went, in seconds",
        "     1.2  servers started",
        "      all   set-up    story   proofs clean-up  checks, test (proofs are part of the story)",
        "      5.5      2.0      3.0      2.0      0.5  C04,G03 test_going_live.py::test_viewer_sees",
        "      0.2      0.1      0.1      0.0      0.0  T05 test_cors.py::test_it",
        "      5.7      2.1      3.1      2.0      0.5  all 2 tests, one after the other",
    ]


def test_a_run_without_tests_has_its_phases_alone() -> None:
    phase = {"what": "phase", "name": "attempt 1", "seconds": 3.0, "attempt": 1, "test": None}
    assert list(profile([phase])) == ["Where the time went, in seconds", "     3.0  attempt 1"]
