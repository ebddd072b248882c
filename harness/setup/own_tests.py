"""`harness test`: all that a change to this project must pass, in order, with the time of each phase."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.config import HarnessSettings
from harness.errors import UsageError
from harness.setup import pages
from harness.setup.commands import CHECKOUT, in_checkout

FOLDERS = ("tests/unit", "tests/contract", "tests/e2e", "tests/demo_app", "tests/vendor")
GOODBYE = 20.0  # seconds to end what was started, after Ctrl-C
# What waits more than it works runs beside the others, and about as long as they do: whole runs of the checks
# on servers and products that are wrong on purpose, the vendor's own tests without media, and the parts whose
# tests need neither browsers nor media, which a busy machine would disturb.
BESIDE = (
    "tests/unit/test_mutants.py",
    "tests/vendor/test_vendor_suites.py",
    "tests/vendor/test_livestream_javascript.py",
    "tests/vendor/test_livestream_python.py",
    "tests/unit/token_server",
    "tests/unit/gate",
    "tests/unit/setup",
    "tests/unit/local_supabase",
    "tests/unit/target",
    "tests/unit/stack",
    "tests/unit/party",
)


@dataclass(frozen=True)
class Outcome:
    """What became of a phase: its exit code (0 good, 1 bad, more: it could not do its work), and seconds."""

    name: str
    code: int
    seconds: float


def run_own_tests(settings: HarnessSettings, arguments: list[str]) -> int:
    """Run every phase, also after a red one; `arguments` go to pytest. Returns 0, 1 (red), 2 (could not)."""
    if not in_checkout():
        raise UsageError("The harness's own tests are not in the installed package: run them in a checkout.")
    os.chdir(CHECKOUT)
    with ExitStack() as aside:
        phases = _phases(settings, aside, arguments)
        outcomes = [_timed(name, phase) for name, phase in phases.items()]
    _say(summary(outcomes))
    return verdict(outcomes)


def verdict(outcomes: list[Outcome]) -> int:
    """The worst that happened, as exit code."""
    return max(0 if one.code == 0 else 1 if one.code == 1 else 2 for one in outcomes)


def summary(outcomes: list[Outcome]) -> str:
    """A line for each phase, and the whole time."""
    lines = [_line("red" if one.code else "green", one.name, one.seconds) for one in outcomes]
    return "\n".join(["", *lines, _line("", "all", sum(one.seconds for one in outcomes))])


def _line(result: str, name: str, seconds: float) -> str:
    return f"{result:8}{name:16}{seconds:7.1f} s"


def _phases(
    settings: HarnessSettings, aside: ExitStack, arguments: list[str]
) -> dict[str, Callable[[], int]]:
    python = [sys.executable, "-m"]
    static = {
        "ruff check": lambda: _tool([*python, "ruff", "check", "."]),
        "ruff format": lambda: _tool([*python, "ruff", "format", "--check", "."]),
        "mypy": lambda: _tool([*python, "mypy"]),
        "imports": lambda: _tool([Path(sys.executable).with_name("lint-imports"), "--no-logo"]),
        "page types": lambda: _page_types(settings),
    }
    if arguments:
        return {**static, "pytest": lambda: _pytest(arguments)}
    # From the first on, beside all others: its time is what is left to wait for. One process, so that the
    # vendor's tests, which have limits of time, find the machine no busier than need be.
    beside = aside.enter_context(Aside([*python, "pytest", "-q", *BESIDE]))
    return {
        **static,
        "pytest": lambda: _pytest([f"--ignore={each}" for each in BESIDE]),
        "pytest beside": beside.result,
    }


class Aside:
    """A context: a command that runs beside what is done in it, told when its `result` is asked for."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command

    def __enter__(self) -> Aside:
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(self._command, stdout=self._said, stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(GOODBYE)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._said.close()

    def result(self) -> int:
        """Wait for its end, print what it said, return its exit code."""
        code = self._process.wait()
        self._said.seek(0)
        _say(self._said.read().decode("utf-8", "replace"))
        return code


def _tool(command: Sequence[str | Path]) -> int:
    return subprocess.run(command, check=False).returncode


def _page_types(settings: HarnessSettings) -> int:
    errors = pages.type_errors(settings)
    _say(errors or "All types of the pages fit.")
    return 1 if errors else 0


def _pytest(arguments: list[str]) -> int:
    """In this process, so that Ctrl-C reaches pytest once and its fixtures end what they started."""
    named = any(Path(argument.split("::")[0]).exists() for argument in arguments)
    interrupts = _Interrupts()
    code = int(pytest.main([*(() if named else FOLDERS), *arguments], plugins=[interrupts]))
    if interrupts.by_person:
        raise KeyboardInterrupt
    return code


class _Interrupts:
    """Tells Ctrl-C from an error during collection, which pytest calls interrupted too."""

    by_person = False

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.by_person = excinfo.type is KeyboardInterrupt


def _timed(name: str, phase: Callable[[], int]) -> Outcome:
    _say(f"\n--- {name}")
    began = time.monotonic()
    code = phase()
    return Outcome(name, code, time.monotonic() - began)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
