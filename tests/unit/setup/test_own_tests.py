from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.setup.commands import CHECKOUT
from harness.setup.own_tests import Outcome, summary, verdict


def outcomes(*codes: int) -> list[Outcome]:
    return [Outcome(f"phase {number}", code, 1.5) for number, code in enumerate(codes)]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((0, 0), 0),
        ((0, 1), 1),
        ((1, 0), 1),
        ((1, 5), 2),
        ((0, -11), 2),
    ],
    ids=["all green", "tests red", "lint red", "no tests ran", "crashed"],
)
def test_the_exit_code_is_the_worst_that_happened(codes: tuple[int, ...], expected: int) -> None:
    assert verdict(outcomes(*codes)) == expected


def test_the_summary_has_the_time_of_each_phase_and_of_all() -> None:
    assert summary(outcomes(0, 1)).splitlines() == [
        "",
        "green   phase 0             1.5 s",
        "red     phase 1             1.5 s",
        "        all                 3.0 s",
    ]


PYTEST = "import sys; from harness.setup.own_tests import _pytest; sys.exit(_pytest(sys.argv[1:]))"


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("def test_it(): pass", 0),
        ("def test_it(): assert False", 1),
        ("import not_there", 2),
        ("", 5),
    ],
)
def test_pytest_runs_what_is_named_and_its_exit_code_counts(tmp_path: Path, test: str, expected: int) -> None:
    (tmp_path / "test_one.py").write_text(test)
    command = [
        sys.executable,
        "-c",
        PYTEST,
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        str(tmp_path / "test_one.py"),
    ]
    assert subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=False).returncode == expected


def test_ctrl_c_during_pytest_is_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_it(): raise KeyboardInterrupt")
    command = [
        sys.executable,
        "-c",
        PYTEST,
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        str(tmp_path / "test_one.py"),
    ]
    ran = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert ran.stderr.strip().endswith("KeyboardInterrupt")
