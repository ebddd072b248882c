"""Each row of the table of states in docs/gate.md: its verdict, and that it shows in every report."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from harness.config import PACKAGE, Waiver
from harness.gate.catalogue import Check
from harness.gate.github import annotated, summary
from harness.gate.junit import junit
from harness.gate.progress import Progress
from harness.gate.report import report
from harness.gate.report_json import report_json
from harness.gate.results import CheckResult, State
from harness.gate.verdict import Verdict, Word, judge
from tests.unit.gate.test_verdict import GREEN, attempt

IN_FORCE = Waiver(reason="the log is elsewhere", until=date.today())
ENDED = Waiver(reason="it was to be mended by now", until=date.today() - timedelta(days=1))
NOT_GIVEN = "not run: needs X"
RED, NOT_RUN, FLAKY = ("failed", "failed"), ("skipped",), ("failed", "passed")


@dataclass(frozen=True)
class Row:
    """A check that came out like this, the state that it gets, and the verdict that it makes."""

    level: str
    outcomes: Sequence[str]
    state: State
    word: Word
    waiver: Waiver | None = None
    message: str = "why"
    planned: bool = False

    @property
    def result(self) -> CheckResult:
        check = Check("G01", self.level, "goes live", planned=self.planned)
        attempts = [
            attempt(n, one, message=self.message, phases={}) for n, one in enumerate(self.outcomes, 1)
        ]
        return CheckResult(check, attempts, self.waiver)


NO, UNKNOWN, YES = Word.DO_NOT_RELEASE, Word.COULD_NOT_TELL, Word.RELEASE
ROWS = {
    "green": Row("must", ("passed",), State.GREEN, YES),
    "green, waived in vain": Row("must", ("passed",), State.GREEN, YES, IN_FORCE),
    "red must": Row("must", RED, State.RED, NO),
    "red should": Row("should", RED, State.RED, NO),
    "flaky must": Row("must", FLAKY, State.FLAKY, NO),
    "flaky should": Row("should", FLAKY, State.FLAKY, NO),
    "must not run": Row("must", NOT_RUN, State.GAP, UNKNOWN),
    "should not run": Row("should", NOT_RUN, State.GAP, UNKNOWN),
    "waived red should": Row("should", RED, State.WAIVED, YES, IN_FORCE),
    "waived flaky should": Row("should", FLAKY, State.WAIVED, YES, IN_FORCE),
    "waived should not run": Row("should", NOT_RUN, State.WAIVED, YES, IN_FORCE),
    "waived must that needs X": Row("must", NOT_RUN, State.WAIVED, YES, IN_FORCE, NOT_GIVEN),
    "waived red must": Row("must", RED, State.RED, NO, IN_FORCE),
    "waived flaky must": Row("must", FLAKY, State.FLAKY, NO, IN_FORCE),
    "waived must that was skipped": Row("must", NOT_RUN, State.GAP, UNKNOWN, IN_FORCE),
    "expired waiver of red": Row("should", RED, State.RED, NO, ENDED),
    "expired waiver of flaky": Row("should", FLAKY, State.FLAKY, NO, ENDED),
    "expired waiver of not run": Row("must", NOT_RUN, State.GAP, UNKNOWN, ENDED, NOT_GIVEN),
    "planned must": Row("must", (), State.PLANNED, YES, planned=True),
    "planned should": Row("should", (), State.PLANNED, YES, planned=True),
}
# What the verdict's own sentence says of the row.
SAID = {
    State.GREEN: "",
    State.RED: "1 check failed: G01",
    State.FLAKY: "1 check flaky (failed, then passed): G01",
    State.GAP: "1 check not proven (gap): G01",
    State.WAIVED: "WAIVED, not proven: G01",
    State.PLANNED: "NOT covered by this version: 1",
}


@pytest.mark.parametrize("name", ROWS)
def test_row_has_its_state_and_its_verdict(name: str) -> None:
    row = ROWS[name]
    verdict = judge([GREEN, row.result])
    assert (row.result.state, verdict.word) == (row.state, row.word)
    assert SAID[row.state] in verdict.sentence
    assert ("no longer waived: G01" in verdict.sentence) == name.startswith("expired")


@pytest.mark.parametrize("name", ROWS)
def test_row_alone_is_green_for_nobody_but_a_green_check(name: str) -> None:
    row = ROWS[name]
    alone = judge([row.result]).word
    assert (alone is YES) == (row.state in (State.GREEN, State.WAIVED))


def terminal(folder: Path, verdict: Verdict, results: Sequence[CheckResult]) -> str:
    console = Console(file=io.StringIO(), width=300, soft_wrap=True)
    Progress({one.check.id: one.check for one in results}, console).verdict(verdict, results, folder)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


REPORTS: dict[str, Callable[[Path, Verdict, Sequence[CheckResult]], str]] = {
    "terminal": terminal,
    "junit.xml": lambda _, verdict, results: unescape(junit(verdict, results)),
    "report.html": lambda folder, verdict, results: unescape(report(folder, verdict, results, [])),
    "report.json": lambda folder, verdict, results: report_json(folder, verdict, results, []),
    "summary": lambda _, verdict, results: unescape(summary(verdict, results)),
    "annotations": lambda _, verdict, results: "\n".join(annotated(verdict, results)),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("where", REPORTS)
def test_row_shows_in_every_report(name: str, where: str, tmp_path: Path) -> None:
    row = ROWS[name]
    results = [GREEN, row.result]
    verdict = judge(results)
    told = REPORTS[where](tmp_path, verdict, results)
    assert verdict.word in told
    assert verdict.sentence in told
    if row.state not in (State.GREEN, State.PLANNED):
        assert "G01" in told
        assert row.state in told
        # A waiver that ended, or that cannot cover what came, is told as such; one in force with its reason.
        assert all(line in told or where == "report.json" for line in row.result.message.splitlines())


def test_junit_counts_no_row_as_passed_that_is_not_green() -> None:
    for name, row in ROWS.items():
        suite = ElementTree.fromstring(junit(judge([row.result]), [row.result]))[0]
        passed = all(suite.get(count) == "0" for count in ("failures", "errors", "skipped"))
        assert passed == (row.state is State.GREEN), name


def test_json_tells_waivers_and_attempts(tmp_path: Path) -> None:
    row = ROWS["expired waiver of flaky"]
    (check,) = json.loads(report_json(tmp_path, judge([row.result]), [row.result], []))["checks"]
    assert check["waiver"] == {"reason": ENDED.reason, "until": str(ENDED.until), "in_force": False}
    assert [one["state"] for one in check["attempts"]] == ["fail", "pass"]


def test_every_state_is_in_the_docs() -> None:
    docs = (PACKAGE.parent / "docs" / "gate.md").read_text()
    assert all(f"| {state} |" in docs for state in State)
