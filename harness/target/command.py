"""A command that a target names, for what it prints: run to its end, and with it all that it started."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from harness.config import child_environment
from harness.errors import ServerError

WITHIN = 60.0  # seconds
ADVICE = ": run it by hand to see why."


def printed_by(command: str, key: str, wanted: str, *, folder: Path, told: Mapping[str, str]) -> str:
    """What it prints, with `told` in its environment; `key` is where it is named, `wanted` what it is for.

    Raises ServerError with why there is nothing. Never in its own words: they may hold a password.
    """
    expected = f"{key} was expected to print {wanted}, but"
    try:
        running = subprocess.Popen(
            shlex.split(command),
            cwd=folder,
            env=child_environment(dict(told)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError, IndexError):
        raise ServerError(f"{expected} it could not be started: mend the command.") from None
    try:
        text, _ = running.communicate(timeout=WITHIN)
    except subprocess.TimeoutExpired:
        _end(running)
        raise ServerError(f"{expected} it took longer than {WITHIN:g} s{ADVICE}") from None
    except BaseException:  # Ctrl-C comes to us alone: it has a session of its own
        _end(running)
        raise
    if running.returncode:
        raise ServerError(f"{expected} it ended with exit code {running.returncode}{ADVICE}")
    return text.decode(errors="replace")


def _end(running: subprocess.Popen[bytes]) -> None:
    """It may have ended itself: whom it started holds its output open, and must not outlive it either."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
