"""`harness replay RUN CHECK`: what was red in a run is run again, as it was; docs/gate.md has the rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from harness.config import HarnessSettings, TargetSettings
from harness.errors import HarnessError
from harness.gate.catalogue import Check
from harness.gate.interruption import interruptible
from harness.gate.recorded import (
    changes,
    failures_of,
    programs,
    run_folder,
    settings_of,
    suite_of,
    target_of,
)
from harness.gate.release import told_to_checks
from harness.gate.results import State, results
from harness.trace.failure import Failure

if TYPE_CHECKING:
    from rich.console import Console

    from harness.gate.child import Suite
    from harness.gate.run import Run

NO_SUCH_TEST = "pytest ended with exit code 4"  # which it uses for nothing else that could happen here
GONE, STILL_THERE, NOT_HERE, INTERRUPTED = 0, 1, 2, 130
WITH_DIGITS = re.compile(r"\w*\d[\w.:-]*")
FROM_COMMAND_LINE = ("HARNESS_TARGET", "HARNESS_TOKEN_URL")


@dataclass(frozen=True)
class Replay:
    """The red tests of one check in one run; `settings` and `target` as they were where none is named now."""

    check: Check
    failures: Sequence[Failure]
    settings: HarnessSettings
    target: TargetSettings

    @classmethod
    def of(cls, settings: HarnessSettings, run: str, check: str, checks: Mapping[str, Check]) -> Replay:
        """Raises HarnessError, with why, when it cannot be replayed here."""
        name = check.strip().upper()
        folder = run_folder(settings.runs, run)
        failures = failures_of(folder, name)
        if name not in checks or checks[name].planned:
            raise HarnessError(f"{name} cannot be replayed here: this version has no such check.")
        first = failures[0]
        again = settings_of(first, folder, settings)
        target = target_of(again, first)
        lost = [variable for variable in first.secrets if variable not in target.secret_variables()]
        if lost:
            raise HarnessError(
                f"{name} cannot be replayed here: that run had {', '.join(lost)} in its environment, "
                "where they must be again."
            )
        return cls(checks[name], failures, again, target)

    def run(self, *, suite: Suite | None = None, console: Console | None = None) -> int:
        """Run the tests once more: 0 all green, 1 still red, 2 it could not be told, 130 interrupted."""
        from harness.gate.child import release_suite
        from harness.gate.progress import Progress
        from harness.gate.run import Plan, Run
        from harness.gate.run_folder import new_run_folder
        from harness.trace.redactor import Redactor

        suite = suite or release_suite({})
        suite = replace(
            suite,
            tests=suite_of(self.failures, suite),
            environment={**suite.environment, **self._environment},
        )
        progress = Progress({self.check.id: self.check}, console)
        progress.console.print(self.told(), markup=False)
        database = self.settings.database_url
        secrets = Redactor(
            [*self.target.secret_values(), *([database.get_secret_value()] if database else [])]
        )
        folder = new_run_folder(self.settings.runs)
        run = Run(folder, [self.check], suite, progress, secrets, Plan(again=False))
        with interruptible(), closing(run.log):
            run.begin([self.check.id], {})
            run.prove()
        code, sentence = self._outcome(run)
        progress.console.print(f"\n{sentence}\nIts run: {folder}", markup=False)
        return code

    @cached_property
    def differences(self) -> list[str]:
        """What is not as it was then, a line each."""
        from harness.setup.versions import versions

        then, now = self.failures[0].versions, versions(self.settings)
        browser = self.failures[0].settings.get("browser")
        other = browser is not None and browser != str(self.settings.browser)
        return (
            [
                f"{name}: {then.get(name, 'not known')} then, {now.get(name, 'not known')} now"
                for name in {**then, **now}
                if then.get(name) != now.get(name)
            ]
            + ([f"HARNESS_BROWSER: {browser} then; a run's folder names no program"] if other else [])
            + [
                f"{name} of the target: {before!r} then, {after!r} now"
                for name, before, after in changes(self.failures[0].target, self.target)
            ]
        )

    @property
    def _environment(self) -> dict[str, str]:
        """What the tests' process is told; empty is as if it were not set."""
        file = self.settings.target_file if self.failures[0].target else None
        settings = self.settings.model_copy(update={"target_file": file})
        browser = {"HARNESS_BROWSER": str(settings.browser)} if settings.browser else {}
        return dict.fromkeys(FROM_COMMAND_LINE, "") | browser | told_to_checks(self.target, settings)

    def told(self) -> str:
        """What will be run, with what, and what is not as it was."""
        lines = []
        for failure in self.failures:
            lines += [f"{self.check.id}  {failure.test}", f"     then: {failure.sentence.splitlines()[0]}"]
            lines += [
                f"     {who}: {devices.profile} ({', '.join(devices.permissions) or 'nothing'} allowed)"
                for who, devices in failure.people.items()
            ]
            lines += [f"     fault: {fault}" for fault in failure.faults]
        runs = [f"     {one}" for one in programs(self.settings, self.target)]
        differ = [f"     {line}" for line in self.differences]
        changed = ["Not as it was then:", *differ] if differ else []
        return "\n".join(["It starts and asks:", *runs, *lines, *changed]) + "\n"

    def _outcome(self, run: Run) -> tuple[int, str]:
        (result,) = results([self.check], run.events)
        if run.interrupted:
            return INTERRUPTED, f"{self.check.id} was interrupted: nothing is known."
        if run.trouble or result.broken_harness or result.state is State.GAP:
            why = run.trouble or result.broken_harness or result.message
            if why.startswith(NO_SUCH_TEST):
                why = f"this version has no {' or no '.join(failure.test for failure in self.failures)}."
            return NOT_HERE, f"{self.check.id} cannot be replayed here: {why}"
        if result.state is State.GREEN:
            return GONE, f"{self.check.id} is green now: the failure is gone."
        message = _blurred(result.message)
        same = any(_blurred(failure.sentence) in message for failure in self.failures)
        return STILL_THERE, (
            f"{self.check.id} is red again{'' if same else ', in other words'}: {result.message}"
        )


def _blurred(sentence: str) -> str:
    """Without what is another one in every run: ids, ports, times, counts."""
    return WITH_DIGITS.sub("#", sentence)
