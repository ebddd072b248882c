"""What became of each test that proves a release check, written to the run log as it happens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from harness.errors import Finding, HarnessError
from harness.trace.events import RunLog

# Who leaves out tests that others run says which tests there are: of the run as a whole, and of other shards.
OF_THIS_RUN = pytest.StashKey[list[pytest.Item]]()
ELSEWHERE = pytest.StashKey[list[pytest.Item]]()


@dataclass
class Outcome:
    """One test's result over its phases: `phase` decided it; `harness`: we broke, not the product."""

    outcome: str = "passed"
    message: str = ""
    phase: str = "call"
    harness: bool = False
    phases: dict[str, float] = field(default_factory=dict)

    def add(self, report: pytest.TestReport, error: BaseException | None) -> None:
        """Take in the report of one more phase, and what was raised in it."""
        self.phases[report.when or "call"] = round(report.duration, 3)
        outcome, harness = _outcome_of(report), isinstance(error, HarnessError)
        # The first thing that went wrong decides, unless the harness broke: then nothing else can be
        # believed.
        if outcome != "passed" and (harness or self.outcome in ("passed", "skipped")):
            self.outcome, self.phase, self.message = outcome, report.when or "call", _sentence(report, error)
            self.harness = harness


class OutcomeRecorder:
    """pytest plugin: stamps the run log with the current test, and writes `collected` and `check` events.

    Register it in `pytest_configure` with `config.pluginmanager.register(OutcomeRecorder(run_log))`. A test
    names its checks with `@pytest.mark.check("G03")`; one test may carry several, one check may have several
    tests.
    """

    def __init__(self, run_log: RunLog) -> None:
        self.run_log = run_log
        self._outcomes: dict[str, Outcome] = {}
        self._worker = "1/1"

    def pytest_configure(self, config: pytest.Config) -> None:
        """The gate says which attempt this is, and whose share; on its own, pytest's run is the first."""
        self.run_log.attempt = int(config.getoption("--attempt", 1))
        self._worker = str(config.getoption("--worker", "1/1"))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        stash = session.config.stash
        of_this_run, elsewhere = stash.get(OF_THIS_RUN, session.items), stash.get(ELSEWHERE, [])
        self.run_log.event(
            "harness", "collected", checks=_by_check(of_this_run), elsewhere=_by_check(elsewhere)
        )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.run_log.test = nodeid
        self._outcomes[nodeid] = Outcome()
        self.run_log.event("harness", "test")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        error = call.excinfo.value if call.excinfo is not None else None
        self._outcomes.setdefault(item.nodeid, Outcome()).add(report, error)
        if report.when == "teardown":
            self._record(item)
        self._mask(report)
        return report

    def pytest_runtest_logfinish(self) -> None:
        self.run_log.test = None

    def _mask(self, report: pytest.TestReport) -> None:
        """What pytest prints of a failure becomes a file of the run, too."""
        redact = self.run_log.secrets.redact
        report.sections = [(title, redact(text)) for title, text in report.sections]
        if report.failed:
            report.longrepr = redact(report.longreprtext)

    def _record(self, item: pytest.Item) -> None:
        outcome = self._outcomes.pop(item.nodeid)
        for check in checks_of(item):
            self.run_log.event(
                "harness",
                "check",
                id=check,
                test=item.nodeid,
                outcome=outcome.outcome,
                message=outcome.message,
                phase=outcome.phase,
                phases=outcome.phases,
                seconds=round(sum(outcome.phases.values()), 3),
                harness=outcome.harness,
                worker=self._worker,
            )


def _by_check(items: Iterable[pytest.Item]) -> dict[str, list[str]]:
    tests: dict[str, list[str]] = defaultdict(list)
    for item in items:
        for check in checks_of(item):
            tests[check].append(item.nodeid)
    return dict(tests)


def checks_of(item: pytest.Item) -> Iterator[str]:
    """The ids of the release checks that a test proves; raises UsageError when one is not written as text."""
    for mark in item.iter_markers("check"):
        if not mark.args or not all(isinstance(check, str) for check in mark.args):
            raise pytest.UsageError(
                f"{item.nodeid}: expected check ids such as @pytest.mark.check('G03'), got {mark}"
            )
        yield from mark.args


def _outcome_of(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail"):
        # An expected failure proves nothing, and one that passed is not the test that it says it is.
        return "skipped" if report.skipped else "failed"
    if report.failed and report.when != "call":
        return "error"
    return str(report.outcome)


def _sentence(report: pytest.TestReport, error: BaseException | None) -> str:
    """What went wrong as a person wrote it: the exception's own message, not its traceback."""
    if isinstance(error, HarnessError | Finding):
        return str(error)
    if isinstance(report.longrepr, tuple):  # a skip: (file, line, reason)
        return report.longrepr[2].removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    text: str = crash.message if crash is not None else report.longreprtext
    text = text.removeprefix("AssertionError: ").strip()
    # pytest adds the assertion that failed to what its author said of it; alone it must do.
    said, _, _ = text.partition("\nassert ")
    return said.strip()
