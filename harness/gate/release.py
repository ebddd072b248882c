"""`harness gate`: prove the checks, judge, report. docs/gate.md tells its users what to expect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from harness.config import TargetSettings
from harness.gate.catalogue import Check, catalogue, choose, expect_checks
from harness.gate.interruption import interruptible
from harness.gate.results import CheckResult, results
from harness.gate.verdict import Verdict, judge

if TYPE_CHECKING:
    from rich.console import Console

    from harness.config import HarnessSettings
    from harness.gate.child import Suite
    from harness.gate.run import Run
    from harness.trace.redactor import Redactor


def gate(
    settings: HarnessSettings,
    only: Iterable[str] = (),
    target: TargetSettings | None = None,
    *,
    suite: Suite | None = None,
    checks: Mapping[str, Check] | None = None,
    console: Console | None = None,
) -> int:
    """Prove the checks that `only` names (ids or areas; all when it names none) and report.

    They are proved on `target` if it names a token endpoint, else on the reference system. Returns the exit
    code: 0 release, 1 do not release, 2 could not tell, 130 interrupted. Raises UsageError for a name that is
    no check and HarnessError when there is no folder to work in. `suite`, `checks` and `console` are for
    tests of the gate.
    """
    names = list(only)
    known = catalogue() if checks is None else checks
    chosen = choose(names, known)
    target = target or TargetSettings()
    expect_checks(target.waivers, known)
    # Imported here: a wrong name is told without waiting for what only a run needs.
    from harness.gate.child import release_suite
    from harness.gate.progress import Progress
    from harness.gate.run import Run
    from harness.gate.run_folder import new_run_folder
    from harness.trace.redactor import Redactor

    progress = Progress(known, console)
    database_url = [settings.database_url.get_secret_value()] if settings.database_url else []
    secrets = Redactor([*database_url, *target.secret_values()])
    suite = suite or release_suite(_told(target, settings))
    run = Run(new_run_folder(settings.runs), chosen, suite, progress, secrets)
    with interruptible():
        run.prove()
        found = results(chosen, run.events, target.waivers)
        verdict = judge(found, partial=bool(names), trouble=run.trouble, interrupted=run.interrupted)
        verdict = _report(run, verdict, found, secrets)
        progress.verdict(verdict, found, run.folder)
    return verdict.exit_code


def _told(target: TargetSettings, settings: HarnessSettings) -> dict[str, str]:
    """What the command line said of the target, for the process that runs the checks."""
    file = {"HARNESS_TARGET": str(settings.target_file.absolute())} if settings.target_file else {}
    return file | ({"HARNESS_TOKEN_URL": target.token_url} if target.token_url else {})


def _report(run: Run, verdict: Verdict, found: Sequence[CheckResult], secrets: Redactor) -> Verdict:
    """Write junit.xml and report.html; a verdict that could not be written down is none."""
    from harness.gate.junit import junit
    from harness.gate.report import report

    try:
        secrets.write(run.folder / "junit.xml", junit(verdict, found))
        secrets.write(run.folder / "report.html", report(run.folder, verdict, found, run.events))
    except (OSError, ValueError) as error:
        return judge(found, trouble=f"the report could not be written ({error}): make room and run again.")
    return verdict
