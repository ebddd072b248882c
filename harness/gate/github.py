"""What GitHub shows of a run: a page in the job's summary, and annotations beside its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from harness.config import CiSettings
from harness.gate.progress import SIGNS
from harness.gate.results import CheckResult, State
from harness.gate.verdict import Verdict, Word
from harness.trace.redactor import Redactor

BLOCKING = (State.RED, State.FLAKY, State.GAP)
MOST_ANNOTATIONS = 10  # GitHub shows no more of a kind for one step
LONGEST = 400  # letters of a message in the table


def tell_job(
    ci: CiSettings, folder: Path, verdict: Verdict, results: Sequence[CheckResult], secrets: Redactor
) -> None:
    """Add to the job's summary and outputs, where it has them; raises OSError."""
    pages = {ci.summary: summary(verdict, results, secrets.redact), ci.output: outputs(verdict, folder)}
    for file, text in pages.items():
        if file is not None:
            with file.open("a", encoding="utf-8", errors="replace") as lines:
                lines.write(text)


def summary(verdict: Verdict, results: Sequence[CheckResult], redact: Callable[[str], str] = str) -> str:
    """The page, in GitHub's Markdown. Messages come from pages under test: nothing in them is Markdown."""

    def text(told: str) -> str:
        # Masked first: a secret that is spelled out is not known again.
        return _spelled(redact(told))

    lines = [f"## {verdict.word}", "", text(verdict.sentence), ""]
    if verdict.details:
        lines += [text(verdict.details), ""]
    counts = [f"{SIGNS[state]} {count} {state}" for state in State if (count := _count(results, state))]
    lines += [", ".join(counts), ""]
    shown = [result for result in results if result.state not in (State.GREEN, State.PLANNED)]
    if shown:
        lines += ["| | check | level | why |", "|---|---|---|---|", *(_row(one, text) for one in shown), ""]
    planned = [
        f"{result.check.id} ({result.check.level})" for result in results if result.state is State.PLANNED
    ]
    if planned:
        lines += [f"Planned, without a test in this version: {', '.join(planned)}.", ""]
    return "\n".join(lines)


def annotated(verdict: Verdict, results: Sequence[CheckResult]) -> Iterator[str]:
    """Workflow commands, a line each: the verdict first, then each check that blocks or is waived."""
    good = verdict.word in (Word.RELEASE, Word.PARTIAL)
    yield _command("notice" if good else "error", verdict.word, verdict.sentence)
    blocking = [result for result in results if result.state in BLOCKING]
    for result in blocking[: MOST_ANNOTATIONS - 1]:
        yield _command("error", _title(result), result.message)
    for result in [result for result in results if result.state is State.WAIVED][:MOST_ANNOTATIONS]:
        yield _command("warning", _title(result), result.message)


def outputs(verdict: Verdict, folder: Path) -> str:
    """What later steps may read as `steps.ID.outputs.verdict` and so on."""
    return f"verdict={verdict.word}\nexit-code={verdict.exit_code}\nrun={folder}\n"


def _title(result: CheckResult) -> str:
    return f"{result.check.id} {result.state} ({result.check.level})"


def _count(results: Sequence[CheckResult], state: State) -> int:
    return sum(result.state is state for result in results)


def _row(result: CheckResult, text: Callable[[str], str]) -> str:
    check = result.check
    why = result.message if len(result.message) <= LONGEST else f"{result.message[:LONGEST]} ..."
    cells = (
        f"{SIGNS[result.state]} {result.state}",
        f"{check.id} {text(check.title)}",
        check.level,
        text(why),
    )
    return f"| {' | '.join(cells)} |"


def _spelled(text: str) -> str:
    """As Markdown that shows these very letters: what could begin a tag, a link or a cell is spelled out."""
    spelled = "".join(f"&#{ord(one)};" if one in "&<>|`*_[]()\\~#!@:" else one for one in text)
    return "<br>".join(spelled.splitlines())


def _command(kind: str, title: str, message: str) -> str:
    return f"::{kind} title={_escaped(title, ':,')}::{_escaped(message)}"


def _escaped(text: str, more: str = "") -> str:
    """A line break would begin the next command, which a page under test could then write."""
    for letter in "%\r\n" + more:
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text
