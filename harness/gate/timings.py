"""How long each test took in earlier runs, so that shares of them can be made that take the same time."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from harness.errors import UsageError
from harness.trace.events import Event

FILE = "timings.json"
# A test that nobody has timed yet: with people in browsers, and without.
UNTIMED_IN_BROWSERS, UNTIMED = 5.0, 0.1


def read_timings(file: Path) -> dict[str, float]:
    """Seconds by test; raises UsageError when the file cannot be read or holds something else."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {str(test): float(seconds) for test, seconds in found.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UsageError(
            f"The timings {file} could not be read ({error}): name the {FILE} of an earlier run."
        ) from None


def remembered(file: Path) -> dict[str, float]:
    """Those of this machine; none when there are none yet, or when somebody broke the file."""
    with suppress(UsageError):
        return read_timings(file)
    return {}


def learnt(events: Iterable[Event], before: Mapping[str, float]) -> dict[str, float]:
    """`before`, with what these events tell: halfway from old to new, as one run may be a slow one."""
    known = dict(before)
    took = {
        str(event["test"]): float(event["seconds"])
        for event in events
        if event["what"] == "check" and event["outcome"] == "passed" and event["attempt"] == 1
    }
    for test, seconds in took.items():
        known[test] = round((known.get(test, seconds) + seconds) / 2, 3)
    return known


def write_timings(file: Path, timings: Mapping[str, float]) -> None:
    """Whole or not at all, as others may read it meanwhile; raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=file.parent, prefix=f".{FILE}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as unfinished:
            json.dump(timings, unfinished, indent=0, sort_keys=True)
        Path(partial).replace(file)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
