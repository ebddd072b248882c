"""What a person sees in the terminal: a line per check as it ends, then the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.gate.catalogue import Check
from harness.gate.results import Attempt, CheckResult, State
from harness.gate.verdict import Verdict, Word
from harness.trace.events import Event

if TYPE_CHECKING:
    from rich.console import Console

SIGNS = {
    State.GREEN: "✔",
    State.RED: "✘",
    State.FLAKY: "~",
    State.GAP: "?",
    State.WAIVED: "!",
    State.PLANNED: "·",
}
# Never colour alone: every state has its sign and its word too.
STYLES = {
    State.GREEN: "green",
    State.RED: "red",
    State.FLAKY: "yellow",
    State.GAP: "magenta",
    State.WAIVED: "yellow",
    State.PLANNED: "dim",
}
VERDICT_STYLES = {
    Word.RELEASE: "bold white on green4",
    Word.DO_NOT_RELEASE: "bold white on red3",
    Word.COULD_NOT_TELL: "bold white on magenta",
    Word.PARTIAL: "bold white on dodger_blue3",
}


class Progress:
    """Turns run-log events into lines on `console`, for one attempt at a time."""

    def __init__(self, checks: Mapping[str, Check], console: Console | None = None) -> None:
        from rich.console import Console

        self.console = console or Console(highlight=False, soft_wrap=True)
        self._checks = checks
        self._tests: dict[str, list[str]] = {}
        self._outcomes: dict[str, list[Event]] = {}
        self._attempt = 1

    def begin(self, seed: int) -> None:
        """Say what names are made from: with the same number they are the same again."""
        self.console.print(f" Seed {seed}: `--seed {seed}` repeats it", style="dim", markup=False)

    def tell(self, lines: Iterable[str]) -> None:
        """Print lines as they are, after an empty one."""
        self.console.print()
        for line in lines:
            self.console.print(line, markup=False)

    def show(self, events: Iterable[Event]) -> None:
        """Print what became known with these events."""
        for event in events:
            if event["what"] == "collected":
                self._collected(event)
            elif event["what"] == "check":
                self._note(event)
            elif event["what"] == "phase" and not event["name"].startswith("attempt"):
                self._line("·", "   ", float(event["seconds"]), event["name"], "dim")

    def again(self, checks: Sequence[str]) -> None:
        """Say that these red checks run once more."""
        self.console.print(f"\nOnce more in a fresh process: {', '.join(checks)}", markup=False)

    def verdict(self, verdict: Verdict, results: Sequence[CheckResult], run_dir: Path) -> None:
        """Print why each check that is not green is not, the verdict, and where the report is."""
        for result in results:
            if _worth_explaining(result):
                self._explain(result)
        unended = [result.check.id for result in results if not result.ended]
        if unended:
            self.console.print(f"\nDid not end: {', '.join(unended)}", markup=False)
        self.console.print()
        if verdict.details:
            self.console.print(f"{verdict.details}\n", markup=False)
        self.console.print(f" {verdict.word} ", style=VERDICT_STYLES[verdict.word], end=" ")
        self.console.print(verdict.sentence, markup=False)
        report = run_dir / "report.html"
        self.console.print(f"Report: {report if report.exists() else run_dir}", markup=False)

    def _collected(self, event: Event) -> None:
        """Each worker says it, of the whole run; only the first of an attempt is news."""
        if event["attempt"] != self._attempt:
            self._outcomes, self._attempt = {}, event["attempt"]
        self._tests = event["checks"]

    def _note(self, event: Event) -> None:
        check, outcomes = event["id"], self._outcomes.setdefault(event["id"], [])
        outcomes.append(event)
        attempt = Attempt(self._attempt, self._tests.get(check, ()), outcomes)
        if attempt.ended and check in self._checks:
            state = attempt.state
            if self._attempt > 1 and state is State.GREEN:
                state = State.FLAKY
            word = "" if state is State.GREEN else f"{state.upper()}  "
            self._line(
                SIGNS[state], check, attempt.seconds, f"{word}{self._checks[check].title}", STYLES[state]
            )

    def _line(self, sign: str, check: str, seconds: float, text: str, style: str) -> None:
        self.console.print(f" {sign} {check}", style=style, end="", markup=False)
        self.console.print(f" {seconds:6.1f} s  {text}", markup=False)

    def _explain(self, result: CheckResult) -> None:
        self.console.print()
        check, sign = result.check, SIGNS[result.state]
        heading = f" {sign} {check.id}  {check.title}  ({result.state}, {check.level})"
        self.console.print(heading, style=STYLES[result.state], markup=False)
        for line in result.message.splitlines()[:12]:
            self.console.print(f"     {line}", markup=False)


def _worth_explaining(result: CheckResult) -> bool:
    """A gap that the harness itself made is told once, by the verdict."""
    if result.state is State.GAP:
        return result.ended and not result.broken_harness
    return result.state in (State.RED, State.FLAKY, State.WAIVED)
