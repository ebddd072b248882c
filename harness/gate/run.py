"""One run of the gate: every check once, the red ones once more in a fresh process."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from harness.config import Waiver
from harness.errors import HarnessError
from harness.gate.catalogue import Check
from harness.gate.child import DID_ITS_WORK, SOMETHING_FAILED, Child, Suite, Task
from harness.gate.crew import Crew, OutOfTime
from harness.gate.progress import Progress
from harness.gate.results import State, results
from harness.gate.share import Share
from harness.gate.timings import FILE as TIMINGS
from harness.gate.timings import learnt, write_timings
from harness.gate.verdict import Verdict
from harness.trace.events import Event, RunLog, Tail
from harness.trace.redactor import Redactor

EVENTS = "events.jsonl"


@dataclass(frozen=True)
class Plan:
    """How the checks are run: beside each other or not, which part of them, and until when (monotonic).

    `again`: whether red checks run once more. `known` is how long tests took, in seconds; what this run
    learns of that goes into the file `remember`.
    """

    workers: int = 1
    shard: Share = field(default_factory=Share)
    until: float | None = None
    known: Mapping[str, float] = field(default_factory=dict)
    remember: Path | None = None
    again: bool = True

    @property
    def split(self) -> str:
        """Is the same for all who share the tests in the same way."""
        return hashlib.sha256(json.dumps(self.known, sort_keys=True).encode()).hexdigest()[:16]


class Run:
    """What one run did and saw. `trouble` is why the harness could not go on, in its own words."""

    def __init__(
        self,
        folder: Path,
        checks: Sequence[Check],
        suite: Suite,
        progress: Progress,
        secrets: Redactor,
        plan: Plan | None = None,
    ) -> None:
        self.folder = folder
        self.events: list[Event] = []
        self.trouble: str | None = None
        self.interrupted = False
        self.out_of_time = False
        self.log = RunLog(folder / EVENTS, secrets)
        self._checks = checks
        self._suite = suite
        self._progress = progress
        self._secrets = secrets
        self._plan = plan or Plan()
        self._tail = Tail(folder / EVENTS)

    def begin(self, only: Sequence[str], waivers: Mapping[str, Waiver]) -> None:
        """Note what was asked for; raises HarnessError when nothing can be written."""
        self.log.event(
            "harness",
            "run",
            only=list(only),
            shard=str(self._plan.shard),
            split=self._plan.split,
            workers=self._plan.workers,
            waivers={check: waiver.model_dump(mode="json") for check, waiver in waivers.items()},
        )

    def end(self, verdict: Verdict) -> None:
        """Note the verdict; raises HarnessError when it cannot be written."""
        self.log.event("harness", "verdict", **verdict.told(), trouble=self.trouble)
        self._take(self._tail.fresh())

    def prove(self) -> None:
        """Run the checks; sets `interrupted` instead of raising KeyboardInterrupt, and `out_of_time`."""
        try:
            # A copy of the run's own: what another run learns meanwhile must not change who does what.
            write_timings(self.folder / TIMINGS, self._plan.known)
            self._attempt(1, [check.id for check in self._checks if not check.planned], self._plan.workers)
            found = results(self._checks, self.events)
            red = [result.check.id for result in found if result.state is State.RED]
            # A harness that broke is not tried again: it must be mended, and the verdict is known.
            broken = self.trouble or any(result.broken_harness for result in found)
            if red and not broken and self._plan.again:
                self._progress.again(red)
                # One worker: what was red because the machine was busy must not be so again.
                self._attempt(2, red, 1)
            self._remember()
        except KeyboardInterrupt:
            self.interrupted = True
        except OutOfTime:
            self.out_of_time = True
        except HarnessError as error:
            self.trouble = str(error)
        except OSError as error:
            self.trouble = f"{error.filename or self.folder} could not be used ({error.strerror}): make room."

    def _attempt(self, number: int, checks: Sequence[str], workers: int) -> None:
        began = time.monotonic()
        crew = Crew([self._child(number, checks, Share(one, workers)) for one in range(1, workers + 1)])
        try:
            with crew:
                crew.follow(self._tail, self._take, self._plan.until)
        finally:
            for child in crew.children:
                child.mask_log(self._secrets)
            # What was written while it ended counts too: nothing that ran is left out of the report.
            self.log.attempt = number
            self.log.event("harness", "phase", name=f"attempt {number}", seconds=time.monotonic() - began)
            self._take(self._tail.fresh())
        troubles = (self._trouble_of(child, number) for child in crew.children)
        self.trouble = next(filter(None, troubles), None)

    def _child(self, attempt: int, checks: Sequence[str], worker: Share) -> Child:
        task = Task(checks, attempt, worker, self._plan.shard, self.folder / TIMINGS)
        return Child(self._suite, self.folder, task)

    def _trouble_of(self, child: Child, attempt: int) -> str | None:
        if child.code not in DID_ITS_WORK:
            return self._said(attempt) or (
                f"pytest ended with exit code {child.code}, as {child.log} tells.\n{child.last_lines()}"
            )
        if child.code == SOMETHING_FAILED and not self._failed(child.task):
            return f"pytest saw a failure that no check owns, as {child.log} tells.\n{child.last_lines()}"
        return None

    def _remember(self) -> None:
        learned = learnt(self.events, self._plan.known)
        write_timings(self.folder / TIMINGS, learned)
        if self._plan.remember:
            # A machine that cannot remember only splits the next run less well.
            with suppress(OSError):
                write_timings(self._plan.remember, learned)

    def _take(self, events: list[Event]) -> None:
        self.events.extend(events)
        self._progress.show(events)

    def _failed(self, task: Task) -> bool:
        """Whether any check failed in this one's share."""
        return any(
            event["what"] == "check"
            and (event["attempt"], event["worker"]) == (task.attempt, str(task.worker))
            and event["outcome"] in ("failed", "error")
            for event in self.events
        )

    def _said(self, attempt: int) -> str | None:
        """The harness's own word for why it stopped, which its plugin left in the run log."""
        said = (
            str(event.get("message") or event.get("text") or "")
            for event in self.events
            if event["what"] == "error" and event["who"] == "harness" and event["attempt"] == attempt
        )
        return next(filter(None, said), None)
