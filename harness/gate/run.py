"""One run of the gate: every check once, the red ones once more in a fresh process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from harness.gate.catalogue import Check
from harness.gate.child import DID_ITS_WORK, SOMETHING_FAILED, Child, Suite
from harness.gate.progress import Progress
from harness.gate.results import State, results
from harness.trace.events import Event, RunLog, Tail
from harness.trace.redactor import Redactor

EVENTS = "events.jsonl"


class Run:
    """What one run did and saw. `trouble` is why the harness could not go on, in its own words."""

    def __init__(
        self, folder: Path, checks: Sequence[Check], suite: Suite, progress: Progress, secrets: Redactor
    ) -> None:
        self.folder = folder
        self.events: list[Event] = []
        self.trouble: str | None = None
        self.interrupted = False
        self._checks = checks
        self._suite = suite
        self._progress = progress
        self._secrets = secrets
        self._log = RunLog(folder / EVENTS, secrets)
        self._tail = Tail(folder / EVENTS)

    def prove(self) -> None:
        """Run the checks; sets `interrupted` instead of raising KeyboardInterrupt."""
        try:
            self._attempt(1, [check.id for check in self._checks if not check.planned])
            found = results(self._checks, self.events)
            red = [result.check.id for result in found if result.state is State.RED]
            # A harness that broke is not tried again: it must be mended, and the verdict is known.
            broken = self.trouble or any(result.broken_harness for result in found)
            if red and not broken:
                self._progress.again(red)
                self._attempt(2, red)
        except KeyboardInterrupt:
            self.interrupted = True
        finally:
            self._log.close()

    def _attempt(self, number: int, checks: Sequence[str]) -> None:
        began, child = time.monotonic(), Child(self._suite, self.folder, checks, number)
        try:
            with child:
                code = child.follow(self._tail, self._take)
        finally:
            child.mask_log(self._secrets)
            # What was written while it ended counts too: nothing that ran is left out of the report.
            self._log.attempt = number
            self._log.event("harness", "phase", name=f"attempt {number}", seconds=time.monotonic() - began)
            self._take(self._tail.fresh())
        if code not in DID_ITS_WORK:
            self.trouble = self._said(number) or (
                f"pytest ended with exit code {code}, as {child.log} tells.\n{child.last_lines()}"
            )
        elif code == SOMETHING_FAILED and not self._failed(number):
            self.trouble = (
                f"pytest saw a failure that no check owns, as {child.log} tells.\n{child.last_lines()}"
            )

    def _take(self, events: list[Event]) -> None:
        self.events.extend(events)
        self._progress.show(events)

    def _failed(self, attempt: int) -> bool:
        """Whether any check failed in this attempt."""
        return any(
            event["what"] == "check"
            and event["attempt"] == attempt
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
