"""What the run log says of each check: its tests, attempt by attempt, and its state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from harness.config import Waiver
from harness.gate.catalogue import Check

NOT_GIVEN = "skipped: not run: needs "  # as the plugin says it
NO_WAIVERS: Mapping[str, Waiver] = MappingProxyType({})


class State(StrEnum):
    """How a check came out. All but GREEN, WAIVED and PLANNED block."""

    GREEN = "pass"
    RED = "fail"
    FLAKY = "flaky"
    GAP = "gap"
    WAIVED = "waived"
    PLANNED = "planned"


@dataclass(frozen=True)
class Attempt:
    """One check in one run of pytest: the its tests, and the `check` events of those that ended."""

    number: int
    tests: Sequence[str]
    outcomes: Sequence[dict[str, Any]]

    @property
    def state(self) -> State:
        """GREEN only when every test of the check ended and passed; what the harness broke is not RED."""
        if any(
            outcome["outcome"] in ("failed", "error") and not outcome.get("harness")
            for outcome in self.outcomes
        ):
            return State.RED
        return State.GAP if self.message else State.GREEN

    @property
    def message(self) -> str:
        """Why it is not green; empty when it is."""
        for bad in ("failed", "error", "skipped"):
            for outcome in self.outcomes:
                if outcome["outcome"] == bad:
                    return _told(outcome)
        ended = {outcome["test"] for outcome in self.outcomes}
        unended = [test for test in self.tests if test not in ended]
        if unended:
            return f"did not end: {unended[0]}"
        return "" if self.tests else "no test of it was collected"

    @property
    def seconds(self) -> float:
        """Time that its tests took, set-up and clean-up included."""
        return float(sum(outcome["seconds"] for outcome in self.outcomes))

    @property
    def ended(self) -> bool:
        """Whether every test that was collected for it has ended."""
        return {outcome["test"] for outcome in self.outcomes} >= set(self.tests)

    @property
    def broken_harness(self) -> str | None:
        """The sentence of a HarnessError that a test ended with: it says nothing of the product."""
        return next((outcome["message"] for outcome in self.outcomes if outcome.get("harness")), None)


@dataclass(frozen=True)
class CheckResult:
    """One check, with each attempt at it, and the waiver that is in force for it."""

    check: Check
    attempts: Sequence[Attempt]
    waiver: Waiver | None = None

    @property
    def state(self) -> State:
        """What came of it, or WAIVED: of a must only that the target does not have what it needs."""
        state = self._state
        if self.check.level == "must":
            may_be = state is State.GAP and all(NOT_GIVEN in one.message for one in self.attempts)
        else:
            may_be = state in (State.GAP, State.RED, State.FLAKY)
        in_force = self.waiver is not None and self.waiver.in_force
        return State.WAIVED if in_force and may_be and not self.broken_harness else state

    @property
    def expired(self) -> bool:
        """Whether a waiver that was meant for what came of it has ended."""
        return self.waiver is not None and not self.waiver.in_force and self.state is not State.GREEN

    @property
    def _state(self) -> State:
        """What failed once has not passed: green the second time is FLAKY, anything else is RED."""
        if self.check.planned:
            return State.PLANNED
        states = [attempt.state for attempt in self.attempts]
        if State.RED not in states:
            return states[-1] if states else State.GAP
        return State.FLAKY if states[-1] is State.GREEN else State.RED

    @property
    def message(self) -> str:
        """Why it is not green: of the last attempt that was not."""
        if self.check.planned:
            return "planned: this version has no test for it"
        messages = [attempt.message for attempt in self.attempts if attempt.state is not State.GREEN]
        if self.attempts and not messages:
            return ""
        message = messages[-1] if messages else "it did not run"
        if self.waiver is None:
            return message
        if self.state is State.WAIVED:
            return f"waived until {self.waiver.until} ({self.waiver.reason}): {message}"
        ended = f"ended on {self.waiver.until}" if not self.waiver.in_force else "cannot cover this"
        return f"{message}\n(its waiver {ended})"

    @property
    def seconds(self) -> float:
        """Time over all attempts."""
        return sum(attempt.seconds for attempt in self.attempts)

    @property
    def ended(self) -> bool:
        """Whether it has a result at all: it is only planned, or all tests of its last attempt ended."""
        return self.check.planned or (bool(self.attempts) and self.attempts[-1].ended)

    @property
    def broken_harness(self) -> str | None:
        """Why nothing can be said of the product, when the last attempt ended in a HarnessError."""
        return self.attempts[-1].broken_harness if self.attempts else None


def results(
    checks: Iterable[Check], events: Sequence[dict[str, Any]], waivers: Mapping[str, Waiver] = NO_WAIVERS
) -> list[CheckResult]:
    """Each check's attempts, gathered from `collected` and `check` events, and its waiver.

    An attempt is one that selected the check: the first selects all, the second those that were red.
    """
    collected = _collected(events, "checks")
    elsewhere = _collected(events, "elsewhere").get(1, {})
    outcomes = [event for event in events if event["what"] == "check"]
    found = []
    for check in checks:
        attempts = [
            Attempt(
                number,
                tests.get(check.id, ()),
                [event for event in outcomes if event["attempt"] == number and event["id"] == check.id],
            )
            for number, tests in sorted(collected.items())
            if number == 1 or check.id in tests
        ]
        # What only other shards have tests of is no gap of this one.
        if check.planned or check.id not in elsewhere or any(attempt.tests for attempt in attempts):
            found.append(CheckResult(check, attempts, waivers.get(check.id)))
    return found


def _collected(events: Iterable[dict[str, Any]], which: str) -> dict[int, dict[str, list[str]]]:
    """Tests by check by attempt: each process that ran some of them says which there are."""
    found: dict[int, dict[str, dict[str, None]]] = {}
    for event in events:
        if event["what"] == "collected":
            tests = found.setdefault(event["attempt"], {})
            for check, its_own in event.get(which, {}).items():
                tests.setdefault(check, {}).update(dict.fromkeys(its_own))
    return {number: {check: list(own) for check, own in tests.items()} for number, tests in found.items()}


def _told(outcome: dict[str, Any]) -> str:
    if outcome["outcome"] == "skipped":
        return f"skipped: {outcome['message']}"
    if outcome["phase"] != "call":
        phase = {"setup": "set-up", "teardown": "clean-up"}[outcome["phase"]]
        return f"{phase} of its test failed: {outcome['message']}"
    return str(outcome["message"])
