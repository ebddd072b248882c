"""The folder in which one run leaves all that it has to show."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from harness.errors import HarnessError


def new_run_folder(runs: Path, now: datetime | None = None) -> Path:
    """Make `runs/<UTC time>Z`, or `-2`, `-3` ... behind it when another run took that second.

    Raises HarnessError when the folder cannot be made.
    """
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    for number in count(1):
        folder = runs / (stamp if number == 1 else f"{stamp}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if folder.is_dir():
                continue
            raise _refused(runs, "a file of that name is in the way") from None
        except OSError as error:
            raise _refused(runs, error.strerror or str(error)) from None
        return folder.resolve()
    raise AssertionError("count() ended")


def _refused(runs: Path, why: str) -> HarnessError:
    return HarnessError(
        f"The folder for runs, {runs}, could not be used ({why}): name another with HARNESS_RUNS."
    )
