"""What is left of a red test: a folder with its evidence, and a file from which it can be replayed."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.config import HarnessSettings, TargetSettings, load, load_target
from harness.errors import HarnessError
from harness.setup.versions import versions
from harness.trace.events import Event, RunLog, read
from harness.trace.evidence import Account, Heading, told_by_events, write
from harness.trace.failure import Devices, Failure
from harness.trace.sightings import Ledger

LONGEST_NAME = 90


@dataclass
class Told:
    """What is known of the test that runs now."""

    test: str = ""
    began: float = field(default_factory=time.time)
    failed: pytest.TestReport | None = None
    account: Account = field(default_factory=Account)
    people: dict[str, Devices] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)


class Keeper:
    """pytest plugin: a red test leaves `evidence/<test>-<attempt>/` in the run folder.

    Pages and servers must be asked while they are there: who cleans up after a red test calls `tell`.
    """

    def __init__(self, run_log: RunLog, seed: int | None = None) -> None:
        self.run_log = run_log
        self._seed = seed  # None: that of the environment
        self._now = Told()

    @property
    def began(self) -> float:
        """When the test that runs now began, in unix seconds."""
        return self._now.began

    def tell(
        self,
        account: Account,
        people: Mapping[str, Devices] | None = None,
        faults: Iterable[dict[str, Any]] = (),
    ) -> None:
        """Take this in; `people` are those who told everything of their console and network."""
        self._now.account += account
        self._now.people |= people or {}
        self._now.faults += faults

    def calls(self) -> list[str]:
        """The calls that this test was about, `type:id`, as they were seen."""
        seen = Ledger.of(self._events()).in_order()
        return list(dict.fromkeys(sighting.value for sighting in seen if sighting.call_type is not None))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._now = Told(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if hasattr(report, "node"):
            return  # of another process (pytest-xdist's), which keeps its own
        if report.failed and self._now.failed is None and report.nodeid == self._now.test:
            self._now.failed = report

    # First: the run log still knows which test this is.
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        if self._now.failed is None or nodeid != self._now.test:
            return
        try:
            self._keep(self._now.failed)
        except (OSError, ValueError, HarnessError) as error:
            self.run_log.event("harness", "evidence lost", text=f"No evidence: {error}", level="error")

    def _events(self) -> list[Event]:
        key = self._now.test, self.run_log.attempt
        return [event for event in read(self.run_log.path) if (event["test"], event["attempt"]) == key]

    def _keep(self, report: pytest.TestReport) -> None:
        events, secrets, run = self._events(), self.run_log.secrets, self.run_log.path.parent
        folder = evidence_folder(run, self._now.test, self.run_log.attempt)
        failure = self._failure(report, [event for event in events if event["what"] == "check"])
        folder.mkdir(parents=True, exist_ok=True)
        failure.write(folder, secrets)
        account = self._now.account + told_by_events(events, known=list(self._now.people))
        heading = Heading(
            " ".join([", ".join(failure.checks), failure.test.rpartition("::")[2]]).strip(),
            failure.sentence,
            report.stop,
            _facts(failure, self.run_log.path.parent.name),
        )
        page = write(folder, heading, account, secrets)
        self.run_log.event("harness", "evidence", path=page.relative_to(self.run_log.path.parent).as_posix())

    def _failure(self, report: pytest.TestReport, outcomes: Sequence[Event]) -> Failure:
        settings, target = load(HarnessSettings), _target()
        told = outcomes[0] if outcomes else {}
        return Failure(
            test=self._now.test,
            checks=tuple(outcome["id"] for outcome in outcomes),
            attempt=self.run_log.attempt,
            phase=told.get("phase", report.when),
            sentence=told.get("message") or report.longreprtext,
            seed=settings.seed if self._seed is None else self._seed,
            people=self._now.people,
            faults=self._now.faults,
            target=target.without_secrets() if target.token_url else {},
            secrets=tuple(target.secret_variables()) if target.token_url else (),
            settings={name: str(path.absolute()) for name, path in _paths(settings).items() if path},
            versions=versions(settings),
        )


def evidence_folder(run: Path, test: str, attempt: int) -> Path:
    """The folder of one test (pytest's node id) in one attempt."""
    file, _, name = test.partition("::")
    plain = re.sub(r"\W+", "-", f"{Path(file).stem}-{name}").strip("-")
    if len(plain) > LONGEST_NAME:
        plain = f"{plain[:LONGEST_NAME]}-{hashlib.sha256(test.encode()).hexdigest()[:8]}"
    return run / "evidence" / f"{plain}-{attempt}"


def _target() -> TargetSettings:
    return load_target(load(HarnessSettings).target_file)


def _paths(settings: HarnessSettings) -> dict[str, Path | None]:
    return {"browser": settings.browser, "target_file": settings.target_file}


def _facts(failure: Failure, run: str) -> dict[str, str]:
    people = {
        f"Devices of {who}": f"{devices.profile} ({', '.join(devices.permissions) or 'nothing'} allowed)"
        for who, devices in failure.people.items()
    }
    checks = {"Checks": ", ".join(failure.checks)} if failure.checks else {}
    again = {"To see it again": f"harness replay {run} {failure.checks[0]}"} if failure.checks else {}
    faults = {"Faults armed": str(failure.faults)} if failure.faults else {}
    return {
        **checks,
        "Test": f"{failure.test} ({failure.phase}, attempt {failure.attempt})",
        **again,
        **people,
        **faults,
        "Seed": str(failure.seed),
        **{f"{name[0].upper()}{name[1:]}": value for name, value in failure.versions.items()},
    }
