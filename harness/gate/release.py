"""`harness gate`: prove the checks, judge, report. docs/gate.md tells its users what to expect."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.config import CiSettings, TargetSettings, load, secrets_of
from harness.errors import HarnessError, UsageError
from harness.gate.catalogue import Check, catalogue, choose, expect_checks
from harness.gate.interruption import interruptible
from harness.gate.results import CheckResult, results
from harness.gate.share import Share
from harness.gate.verdict import Verdict, judge

if TYPE_CHECKING:
    from rich.console import Console

    from harness.config import HarnessSettings
    from harness.gate.child import Suite
    from harness.gate.progress import Progress
    from harness.gate.run import Plan, Run
    from harness.trace.events import Event
    from harness.trace.redactor import Redactor

# Two people in browsers, an SFU and a database: more of them on the same cores, and pictures come too late.
CORES_PER_WORKER = 2


@dataclass(frozen=True)
class Speed:
    """How a run is made short: `workers` beside each other (None: as many as the machine bears), a `shard`.

    `time_limit` in seconds. `timings`: the file of an earlier run; by default what this machine remembers,
    for shards nothing: all of them must go by the same. `again`: whether red checks run once more.
    """

    workers: int | None = None
    shard: Share | None = None
    time_limit: float | None = None
    timings: Path | None = None
    again: bool = True


def gate(
    settings: HarnessSettings,
    only: Iterable[str] = (),
    target: TargetSettings | None = None,
    speed: Speed | None = None,
    *,
    suite: Suite | None = None,
    profiled: bool = False,
    checks: Mapping[str, Check] | None = None,
    console: Console | None = None,
) -> int:
    """Prove the checks that `only` names (ids or areas; all when it names none) and report.

    They are proved on `target` if it names a token endpoint, else on the reference system. Returns the exit
    code: 0 release, 1 do not release, 2 could not tell, 130 interrupted. Raises UsageError for a name that is
    no check and HarnessError when there is no folder to work in. `profiled`: it tells where the time went.
    `suite`, `checks` and `console` are for tests of the gate.
    """
    speed, names = speed or Speed(), list(only)
    until = time.monotonic() + speed.time_limit if speed.time_limit is not None else None
    known = catalogue() if checks is None else checks
    chosen = choose(names, known)
    target = target or TargetSettings()
    expect_checks(target.waivers, known)
    # Imported here: a wrong name is told without waiting for what only a run needs.
    from harness.gate.child import release_suite
    from harness.gate.profile import profile
    from harness.gate.progress import Progress
    from harness.gate.run import Run
    from harness.gate.run_folder import new_run_folder
    from harness.trace.redactor import Redactor

    plan = _plan(speed, target, settings, until)
    # A test may prove more than was asked for: that is not told.
    progress = Progress({check.id: check for check in chosen}, console)
    progress.begin(settings.seed)
    database_url = [settings.database_url.get_secret_value()] if settings.database_url else []
    secrets = Redactor([*database_url, *secrets_of(target)])
    suite = suite or release_suite(told_to_checks(target, settings))
    run = Run(new_run_folder(settings.runs), chosen, suite, progress, secrets, plan)
    with interruptible(), closing(run.log):
        run.begin(names, target.waivers)
        run.prove()
        found = results(chosen, run.events, target.waivers)
        verdict = judge(
            found,
            partial=bool(names),
            shard=speed.shard,
            trouble=run.trouble,
            interrupted=run.interrupted,
            cut_off=f"The time limit of {speed.time_limit:g} s was over" if run.out_of_time else None,
        )
        verdict = _noted(run, verdict, found)
        verdict = write_reports(run.folder, verdict, found, run.events, secrets)
        if profiled:
            progress.tell(profile(run.events))
        progress.verdict(verdict, found, run.folder)
        annotate(progress, verdict, found)
    return verdict.exit_code


def _plan(speed: Speed, target: TargetSettings, settings: HarnessSettings, until: float | None) -> Plan:
    from harness.gate.run import Plan
    from harness.gate.timings import FILE, read_timings, remembered

    memory = settings.cache / FILE
    known: Mapping[str, float] = {}
    if speed.timings is not None:
        known = read_timings(speed.timings)
    elif speed.shard is None:
        known = remembered(memory)
    if (speed.workers or 1) > 1 and target.token_url is not None and not target.makes_parties:
        raise UsageError(
            f"--workers {speed.workers} would have checks meet in the one party that the target gives: leave "
            "it out, or let checks make parties ([party] of the target file)."
        )
    workers = speed.workers or default_workers(target)
    return Plan(workers, speed.shard or Share(), until, known, memory, speed.again)


def default_workers(target: TargetSettings) -> int:
    """As many as the cores bear; one on a deployment, which may have limits, and one party for all checks."""
    if target.token_url is not None:
        return 1
    return max(1, len(os.sched_getaffinity(0)) // CORES_PER_WORKER)


def told_to_checks(target: TargetSettings, settings: HarnessSettings) -> dict[str, str]:
    """What the command line said, for the process that runs the checks."""
    file = {"HARNESS_TARGET": str(settings.target_file.absolute())} if settings.target_file else {}
    # An app that is started for the run is on another port each time: its addresses are not known yet.
    known = target.token_url if target.app_command is None else None
    endpoint = {"HARNESS_TOKEN_URL": known} if known else {}
    servers = {"HARNESS_CONNECT": ",".join(settings.connect)} if settings.connect else {}
    return {"HARNESS_SEED": str(settings.seed)} | file | endpoint | servers


def _noted(run: Run, verdict: Verdict, found: Sequence[CheckResult]) -> Verdict:
    try:
        run.end(verdict)
    except HarnessError as error:
        return judge(found, trouble=str(error))
    return verdict


def annotate(progress: Progress, verdict: Verdict, found: Sequence[CheckResult]) -> None:
    """On GitHub, which reads them out of what a step prints."""
    from harness.gate.github import annotated

    if load(CiSettings).github:
        for line in annotated(verdict, found):
            progress.console.print(line, markup=False, style=None)


def write_reports(
    folder: Path,
    verdict: Verdict,
    found: Sequence[CheckResult],
    events: Sequence[Event],
    secrets: Redactor,
) -> Verdict:
    """Write them into the run folder, and where GitHub looks; a verdict that could not be written is none."""
    from harness.gate.github import tell_job
    from harness.gate.junit import junit
    from harness.gate.report import report
    from harness.gate.report_json import report_json

    try:
        secrets.write(folder / "junit.xml", junit(verdict, found))
        secrets.write(folder / "report.json", report_json(folder, verdict, found, events))
        secrets.write(folder / "report.html", report(folder, verdict, found, events))
        tell_job(load(CiSettings), folder, verdict, found, secrets)
    except (OSError, ValueError) as error:
        trouble = f"the report could not be written ({error}): make room and run again."
        verdict = judge(found, trouble=trouble)
        # What was written before it tells another verdict, perhaps a release.
        with suppress(OSError, ValueError):
            for name in ("junit.xml", "report.json", "report.html"):
                (folder / name).unlink(missing_ok=True)
            secrets.write(folder / "junit.xml", junit(verdict, found))
    return verdict
