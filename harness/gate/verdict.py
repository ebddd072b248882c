"""The verdict over a run. docs/gate.md has these rules as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.gate.results import CheckResult, State

INTERRUPTED = 130  # as a shell counts a program that Ctrl-C ended


class Word(StrEnum):
    """The verdict at a glance."""

    RELEASE = "RELEASE"
    DO_NOT_RELEASE = "DO NOT RELEASE"
    COULD_NOT_TELL = "COULD NOT TELL"
    PARTIAL = "PARTIAL"


@dataclass(frozen=True)
class Verdict:
    """`sentence` says why, `details` what the harness added to that; `exit_code` is the gate's."""

    word: Word
    sentence: str
    exit_code: int
    details: str = ""


def judge(
    results: Sequence[CheckResult],
    *,
    partial: bool = False,
    trouble: str | None = None,
    interrupted: bool = False,
) -> Verdict:
    """The verdict over `results`.

    `partial`: only chosen checks ran. `trouble`: the sentence in which the harness said that it could not do
    its work. What broke the harness comes first: what it saw on the way cannot be trusted, whether red or
    green.
    """
    by_state = {state: [result for result in results if result.state is state] for state in State}
    trouble = trouble or next((text for result in results if (text := result.broken_harness)), None)
    if interrupted:
        done = sum(1 for result in results if result.state in (State.GREEN, State.RED, State.FLAKY))
        ran = f"{done} of {len(results) - len(by_state[State.PLANNED])} checks had ended"
        return Verdict(Word.COULD_NOT_TELL, f"The run was interrupted when {ran}.", INTERRUPTED)
    if trouble:
        sentence, _, details = trouble.strip().partition("\n")
        return Verdict(Word.COULD_NOT_TELL, f"The harness could not do its work: {sentence}", 2, details)
    if by_state[State.RED] or by_state[State.FLAKY]:
        return Verdict(Word.DO_NOT_RELEASE, f"{_blockers(by_state)}.", 1)
    if by_state[State.GAP] or not (by_state[State.GREEN] or by_state[State.WAIVED]):
        return Verdict(Word.COULD_NOT_TELL, f"{_blockers(by_state) or 'No check ran'}.", 2)
    return _green(by_state, partial)


def _green(by_state: dict[State, list[CheckResult]], partial: bool) -> Verdict:
    green = len(by_state[State.GREEN])
    uncovered = _waived(by_state[State.WAIVED]) + _uncovered(by_state[State.PLANNED])
    if partial:
        # Nothing was found wrong, but nobody asked the rest: it must not read like a release.
        chosen = f"The {green} chosen checks are green" if green > 1 else "The chosen check is green"
        return Verdict(Word.PARTIAL, f"{chosen}: partial, not a release verdict.{uncovered}", 0)
    all_of = f"All {green} checks are green" if green > 1 else "The check is green"
    return Verdict(Word.RELEASE, f"{all_of}.{uncovered}", 0)


def _waived(waived: Sequence[CheckResult]) -> str:
    """Every one by its id: what is waived was not shown to work."""
    told = [f"{result.check.id} until {result.waiver.until}" for result in waived if result.waiver]
    return f" WAIVED, not proven: {', '.join(told)}." if told else ""


def _uncovered(planned: Sequence[CheckResult]) -> str:
    """Every *must* by its id, however many: who releases has to know what nobody looked at."""
    must = [result.check.id for result in planned if result.check.level == "must"]
    should = len(planned) - len(must)
    counts = [f"{len(must)} must ({', '.join(must)})"] if must else []
    counts += [f"{should} should"] if should else []
    return f" NOT covered by this version: {' and '.join(counts)}." if counts else ""


def _blockers(by_state: dict[State, list[CheckResult]]) -> str:
    words = {State.RED: "failed", State.FLAKY: "flaky (failed, then passed)", State.GAP: "not proven (gap)"}
    return "; ".join(
        f"{len(found)} {'check' if len(found) == 1 else 'checks'} {word}: {_ids(found)}"
        for state, word in words.items()
        if (found := by_state[state])
    )


def _ids(results: Sequence[CheckResult], most: int = 8) -> str:
    ids = [result.check.id for result in results]
    return ", ".join(ids[:most]) + (f" and {len(ids) - most} more" if len(ids) > most else "")
