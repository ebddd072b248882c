"""The verdict over a run. docs/gate.md has these rules as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from harness.gate.results import CheckResult, State
from harness.gate.share import Share

INTERRUPTED = 130  # as a shell counts a program that Ctrl-C ended

ByState = dict[State, list[CheckResult]]


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

    def told(self) -> dict[str, Any]:
        """As the run log and report.json tell it."""
        return {"word": self.word, "sentence": self.sentence, "exit_code": self.exit_code}


def judge(
    results: Sequence[CheckResult],
    *,
    partial: bool = False,
    shard: Share | None = None,
    trouble: str | None = None,
    interrupted: bool = False,
    cut_off: str | None = None,
) -> Verdict:
    """The verdict over `results`.

    `partial`: only chosen checks ran. `shard`: only these tests ran. `cut_off`: what ended the run before its
    end. `trouble`: the sentence in which the harness said that it could not do its work. What broke the
    harness comes first: what it saw on the way cannot be trusted, whether red or green.
    """
    by_state = {state: [result for result in results if result.state is state] for state in State}
    trouble = trouble or next((text for result in results if (text := result.broken_harness)), None)
    if interrupted:
        return Verdict(Word.COULD_NOT_TELL, _ended_early("The run was interrupted", by_state), INTERRUPTED)
    if trouble:
        sentence, _, details = trouble.strip().partition("\n")
        return Verdict(Word.COULD_NOT_TELL, f"The harness could not do its work: {sentence}", 2, details)
    if cut_off:
        return Verdict(Word.COULD_NOT_TELL, _ended_early(cut_off, by_state), 2)
    if by_state[State.RED] or by_state[State.FLAKY]:
        return Verdict(Word.DO_NOT_RELEASE, f"{_blockers(by_state)}.", 1)
    if by_state[State.GAP] or not (by_state[State.GREEN] or by_state[State.WAIVED]):
        return Verdict(Word.COULD_NOT_TELL, f"{_blockers(by_state) or 'No check ran'}.", 2)
    return _green(by_state, partial, shard)


def _ended_early(why: str, by_state: ByState) -> str:
    """With what had been found by then: a red check is worth knowing of, though much is not known."""
    done = sum(len(by_state[state]) for state in (State.GREEN, State.RED, State.FLAKY))
    ran = sum(len(found) for state, found in by_state.items() if state is not State.PLANNED)
    red = by_state[State.RED]
    so_far = f" Failed so far: {_ids(red)}." if red else ""
    return f"{why} when {done} of {ran} checks had ended.{so_far}"


def _green(by_state: ByState, partial: bool, shard: Share | None) -> Verdict:
    green = len(by_state[State.GREEN])
    uncovered = _waived(by_state[State.WAIVED]) + _uncovered(by_state[State.PLANNED])
    if shard is not None:
        its_own = f"Shard {shard} is green ({_count(green)})"
        merge = "no release verdict before all shards are merged"
        return Verdict(Word.PARTIAL, f"{its_own}: {merge}.{uncovered}", 0)
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


def _blockers(by_state: ByState) -> str:
    words = {State.RED: "failed", State.FLAKY: "flaky (failed, then passed)", State.GAP: "not proven (gap)"}
    blocking = {word: by_state[state] for state, word in words.items()}
    expired = [result for found in blocking.values() for result in found if result.expired]
    told = {**blocking, "no longer waived": expired}
    return "; ".join(f"{_count(len(found))} {word}: {_ids(found)}" for word, found in told.items() if found)


def _count(checks: int) -> str:
    return f"{checks} {'check' if checks == 1 else 'checks'}"


def _ids(results: Sequence[CheckResult], most: int = 8) -> str:
    ids = [result.check.id for result in results]
    return ", ".join(ids[:most]) + (f" and {len(ids) - most} more" if len(ids) > most else "")
