"""`harness up --only stream` as a process, once it is ready."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.config import child_environment

COMMAND = [sys.executable, "-m", "harness.cli", "up", "--only"]


@dataclass(frozen=True)
class Up:
    """What it printed, by name, and its process."""

    rows: dict[str, str]
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return self.rows["Local Stream"]


@contextmanager
def up(*options: str, **told: str) -> Iterator[Up]:
    """The command, once it is ready."""
    environment = child_environment(told)
    process = subprocess.Popen(
        [*COMMAND, "stream", *options], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        printed = list(iter(process.stdout.readline, "Ctrl-C ends it.\n"))
        yield Up(dict(_row(line) for line in printed), process)
    finally:
        process.kill()
        process.wait()


def _row(line: str) -> tuple[str, str]:
    name, _, value = line.strip().partition("  ")
    return name, value.strip()
