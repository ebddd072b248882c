"""From events to the state of a check: each rule once."""

from __future__ import annotations

import pytest

from harness.gate.results import State, results
from harness.trace.events import Event
from tests.unit.gate.conftest import CHECKS

T01 = CHECKS["T01"]


def collected(attempt: int, **checks: list[str]) -> Event:
    return {"what": "collected", "attempt": attempt, "checks": checks}


def ended(attempt: int, test: str, outcome: str, check: str = "T01", **more: object) -> Event:
    told = {"message": f"{test} {outcome}", "phase": "call", "seconds": 1.5, **more}
    return {"what": "check", "attempt": attempt, "id": check, "test": test, "outcome": outcome, **told}


FIRST = collected(1, T01=["a", "b"])
AGAIN = collected(2, T01=["a", "b"])
A, B = ended(1, "a", "passed"), ended(1, "b", "passed")
RED_B = ended(1, "b", "failed")

RULES: dict[str, tuple[list[Event], State, str]] = {
    "all tests passed": ([FIRST, A, B], State.GREEN, ""),
    "nothing ran": ([], State.GAP, "it did not run"),
    "no test collected": ([collected(1, T02=["c"])], State.GAP, "no test of it was collected"),
    "a test did not end": ([FIRST, A], State.GAP, "did not end: b"),
    "a test was skipped": ([FIRST, A, ended(1, "b", "skipped")], State.GAP, "skipped: b skipped"),
    "a test failed": ([FIRST, A, RED_B], State.RED, "b failed"),
    "failed says more than skipped": ([FIRST, ended(1, "a", "skipped"), RED_B], State.RED, "b failed"),
    "set-up failed": (
        [FIRST, A, ended(1, "b", "error", phase="setup")],
        State.RED,
        "set-up of its test failed: b error",
    ),
    "clean-up failed": (
        [FIRST, A, ended(1, "b", "error", phase="teardown")],
        State.RED,
        "clean-up of its test failed: b error",
    ),
    "the harness broke": (
        [FIRST, A, ended(1, "b", "error", phase="setup", harness=True)],
        State.GAP,
        "set-up of its test failed: b error",
    ),
    "red twice": (
        [FIRST, A, RED_B, AGAIN, A | {"attempt": 2}, ended(2, "b", "failed")],
        State.RED,
        "b failed",
    ),
    "red, then green": (
        [FIRST, A, RED_B, AGAIN, ended(2, "a", "passed"), ended(2, "b", "passed")],
        State.FLAKY,
        "b failed",
    ),
    "red, then another test red": (
        [FIRST, A, RED_B, AGAIN, ended(2, "a", "failed"), ended(2, "b", "passed")],
        State.RED,
        "a failed",
    ),
    "red, then skipped": (
        [FIRST, A, RED_B, AGAIN, ended(2, "a", "passed"), ended(2, "b", "skipped")],
        State.RED,
        "skipped: b skipped",
    ),
    "red, then only half of it ran": (
        [FIRST, A, RED_B, AGAIN, ended(2, "a", "passed")],
        State.RED,
        "did not end: b",
    ),
    "green, and another check ran again": ([FIRST, A, B, collected(2, T02=["c"])], State.GREEN, ""),
}


@pytest.mark.parametrize("rule", RULES)
def test_state(rule: str) -> None:
    events, state, message = RULES[rule]
    (result,) = results([T01], events)
    assert (result.state, result.message) == (state, message)


def test_planned_is_planned() -> None:
    (result,) = results([CHECKS["G02"]], [])
    assert (result.state, result.ended) == (State.PLANNED, True)


def test_time_is_summed_over_tests_and_attempts() -> None:
    (result,) = results([T01], [FIRST, A, RED_B, AGAIN, ended(2, "a", "passed"), ended(2, "b", "passed")])
    assert result.seconds == 6.0


def test_the_harness_breaking_the_second_time_leaves_the_first_red() -> None:
    (result,) = results([T01], [FIRST, A, RED_B, AGAIN, ended(2, "a", "error", harness=True, phase="setup")])
    assert result.state is State.RED
    assert result.broken_harness == "a error"
