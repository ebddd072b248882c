"""The run log: what everybody did and saw in one run, one JSON object per line, on one clock.

Every line has `t` (unix seconds), `who`, `what`, `test` (pytest's node id, or null between tests) and
`attempt` (1, or 2 when a red check is run again); the rest belongs to `what`:

    run         only, shard, split, workers, waivers: what the gate was asked for
    test        a test begins                                 (by OutcomeRecorder)
    collected   checks: {id: [node id, ...]}, elsewhere: those of other shards  (by OutcomeRecorder)
    verdict     word, sentence, exit_code, trouble: how the gate judged; the last event of a run
    check       id, outcome, message, seconds, phase, phases, worker (by OutcomeRecorder)
    phase       name, seconds: how long a piece of the harness's own work took; it ends at `t`
    sighting    where, call_type, call_id, evidence, journey: see harness.trace.sightings
    media       name, seconds or value with its unit: "time to first frame" ...
    screenshot  path, relative to the run folder
    request, console, page, error, ...: `text` is what the timeline shows, `level: "error"` marks it red
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.trace.redactor import Redactor

Event = dict[str, Any]


class RunLog:
    """Appends events to one file, from any thread and from several processes at once.

    Set `test` and `attempt` to have them stamped on the events that follow (OutcomeRecorder does). `secrets`
    masks each line before it is written. Raises HarnessError when the file cannot be opened or written.
    """

    def __init__(self, path: Path | str, secrets: Redactor | None = None) -> None:
        self.path = Path(path)
        self.secrets = secrets or Redactor()
        self.test: str | None = None
        self.attempt = 1
        self._lock = threading.Lock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            self._end_torn_line()
        except OSError as error:
            raise self._refused(error) from None

    def event(self, who: str, what: str, *, t: float | None = None, **data: object) -> None:
        """Note that `who` did or saw `what` at `t` (unix seconds; now when left out).

        `data` is written as JSON; what JSON does not know is written as its `str`.
        """
        line: Event = {"t": time.time() if t is None else t, "who": who, "what": what}
        line |= {"test": self.test, "attempt": self.attempt, **data}
        text = self.secrets.redact(json.dumps(line, default=str)) + "\n"
        try:
            with self._lock:
                # One write per line on an O_APPEND file: lines of other processes cannot come in between.
                os.write(self._file, text.encode())
        except OSError as error:
            raise self._refused(error) from None

    def close(self) -> None:
        """Close the file; events after this raise HarnessError."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
            self._file = -1

    def _end_torn_line(self) -> None:
        """A process that was killed while writing left half a line: it must not swallow our first one."""
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")

    def _refused(self, error: OSError) -> HarnessError:
        return HarnessError(
            f"The run log {self.path} could not be written ({error.strerror}): "
            "make room there, or name another folder with HARNESS_RUNS."
        )


class Tail:
    """Reads a run log while others still write it."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._offset = 0

    def fresh(self) -> list[Event]:
        """The events of all lines completed since the last call; half-written lines are left for the next."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                lines = file.read()
        except FileNotFoundError:
            return []
        complete = lines[: lines.rfind(b"\n") + 1]
        self._offset += len(complete)
        return [event for line in complete.splitlines() if (event := _parse(line)) is not None]


def read(path: Path | str) -> list[Event]:
    """All events of the run log at `path` in the order in which they were written; [] when there is none.

    A line that a killed process tore is left out.
    """
    return Tail(path).fresh()


def _parse(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and {"t", "who", "what"} <= event.keys() else None
