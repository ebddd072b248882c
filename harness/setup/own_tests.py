"""`harness test`: all that a change to this project must pass, with the time of each phase."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.config import HarnessSettings
from harness.errors import UsageError
from harness.setup import pages
from harness.setup.commands import CHECKOUT, in_checkout
from harness.setup.groups import FOLDERS, GROUPS, collected_by
from harness.setup.lanes import Ended, Lanes
from harness.setup.tally import Tally, options, tally, together

LANES = 3  # for two cores: what runs in them waits about a third of its time
# Of the checks that are to be green, whose people wait for a machine that others keep busy; where a check is
# to be red, all would wait so much longer.
PATIENCE = 3.0
TEST_WITHIN = 120  # seconds, as in pyproject.toml


@dataclass(frozen=True)
class Outcome:
    """What became of a phase: its exit code (0 good, 1 bad, more: it could not do its work), and seconds."""

    name: str
    code: int
    seconds: float
    tests: Tally = field(default_factory=Tally)


def run_own_tests(settings: HarnessSettings, arguments: list[str]) -> int:
    """Run every phase, also after a red one; `arguments` go to pytest. Returns 0, 1 (red), 2 (could not)."""
    if not in_checkout():
        raise UsageError("The harness's own tests are not in the installed package: run them in a checkout.")
    os.chdir(CHECKOUT)
    began = time.monotonic()
    outcomes = [_timed(name, phase) for name, phase in _quick(settings).items()]
    left = Path(tempfile.mkdtemp(prefix="harness-test-"))
    with ExitStack() as at_the_end:
        at_the_end.callback(shutil.rmtree, left, ignore_errors=True)
        outcomes += _narrow(arguments, left) if arguments else _everything(settings, left)
        _say(summary(outcomes, time.monotonic() - began))
        if verdict(outcomes) and not arguments:
            at_the_end.pop_all()
            _say(f"What the tests left, evidence of the red ones among it: {left}")
    return verdict(outcomes)


def verdict(outcomes: list[Outcome]) -> int:
    """The worst that happened, as exit code."""
    return max(0 if one.code == 0 else 1 if one.code == 1 else 2 for one in outcomes)


def summary(outcomes: list[Outcome], seconds: float) -> str:
    """A line for each phase, and for all beside each other; then what was not run, and what is red."""
    tests = together(one.tests for one in outcomes)
    lines = [
        _line("red" if one.code else "green", one.name, one.seconds, one.tests.counts) for one in outcomes
    ]
    reasons = sorted(set(tests.skipped.values()))
    skipped = [f"skipped {test}" for why in reasons for test in _under(why, tests.skipped)]
    failed = [f"failed  {test}" for test in tests.failed]
    return "\n".join(["", *lines, _line("", "all", seconds, tests.counts), *skipped, *failed])


def _under(why: str, skipped: Mapping[str, str]) -> list[str]:
    return [f"{test}: {why}" for test, reason in skipped.items() if reason == why]


def _line(result: str, name: str, seconds: float, counts: str = "") -> str:
    return f"{result:8}{name:16}{seconds:7.1f} s  {counts}".rstrip()


def _quick(settings: HarnessSettings) -> dict[str, Callable[[], int]]:
    python = [sys.executable, "-m"]
    return {
        "ruff check": lambda: _tool([*python, "ruff", "check", "."]),
        "ruff format": lambda: _tool([*python, "ruff", "format", "--check", "."]),
        "imports": lambda: _tool([Path(sys.executable).with_name("lint-imports"), "--no-logo"]),
        "page types": lambda: _page_types(settings),
    }


def _everything(settings: HarnessSettings, left: Path) -> list[Outcome]:
    """Beside each other, as many as there are lanes; what each said is printed whole when it has ended."""
    python = [sys.executable, "-m"]
    commands: dict[str, Sequence[str]] = {"mypy": [*python, "mypy"]}
    for name in GROUPS:
        patience = max(settings.patience, PATIENCE) if name == "checks" else settings.patience
        commands[name] = [
            "env",
            f"HARNESS_PATIENCE={patience:g}",
            f"PYTEST_TIMEOUT={TEST_WITHIN * patience:g}",
            *python,
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            *options(_of(name, left, ".xml")),
            # Of its own: pytest keeps three of those that it makes, so evidence of a red test would go.
            f"--basetemp={_of(name, left)}",
            *collected_by(name),
        ]
    _say(f"\n{len(commands)} phases, {LANES} at a time; each is told when it has ended.")
    with Lanes(LANES) as lanes:
        return [_told(ended, left) for ended in lanes.run(commands)]


def _of(group: str, left: Path, suffix: str = "") -> Path:
    """What is left of a group; tests find no blank in their path."""
    return left / (re.sub(r"\W+", "-", group) + suffix)


def _told(ended: Ended, left: Path) -> Outcome:
    _say(f"\n--- {ended.name}\n{ended.said}")
    return Outcome(ended.name, ended.code, ended.seconds, tally(_of(ended.name, left, ".xml")))


def _narrow(arguments: list[str], left: Path) -> list[Outcome]:
    """What a person asked for, seen as it goes."""
    mypy = _timed("mypy", lambda: _tool([sys.executable, "-m", "mypy"]))
    ran = _timed("pytest", lambda: _pytest([*options(left / "pytest.xml"), *arguments]))
    return [mypy, Outcome(ran.name, ran.code, ran.seconds, tally(left / "pytest.xml"))]


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
