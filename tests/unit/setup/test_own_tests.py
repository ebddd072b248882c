from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.config import child_environment
from harness.setup.commands import CHECKOUT
from harness.setup.own_tests import BESIDE, FOLDERS, Aside, Outcome, summary, verdict


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


PROGRAM = "import sys; from harness.setup.own_tests import _pytest; sys.exit(_pytest(sys.argv[1:]))"


def pytest_on(folder: Path, test: str) -> subprocess.CompletedProcess[str]:
    """What `harness test` does for pytest, on one file in a folder that knows nothing of this project."""
    (folder / "test_one.py").write_text(test)
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "-p", "no:cacheprovider", "-c", "/dev/null", folder / "test_one.py"],
        cwd=CHECKOUT,
        env=child_environment({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("test", "code"),
    [
        ("def test_it(): pass", 0),
        ("def test_it(): assert False", 1),
        ("import not_there", 2),
        ("", 5),
    ],
    ids=["green", "red", "cannot be read", "no tests"],
)
def test_pytest_runs_what_is_named_and_its_exit_code_counts(tmp_path: Path, test: str, code: int) -> None:
    assert pytest_on(tmp_path, test).returncode == code


def test_what_runs_beside_is_of_the_tests_so_that_the_others_can_leave_it_out() -> None:
    assert [each for each in BESIDE if not (CHECKOUT / each).exists() or not each.startswith(FOLDERS)] == []


def test_ctrl_c_during_pytest_is_ctrl_c(tmp_path: Path) -> None:
    ran = pytest_on(tmp_path, "def test_it(): raise KeyboardInterrupt")
    assert ran.stderr.strip().endswith("KeyboardInterrupt")


def test_what_runs_aside_is_told_when_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with Aside([sys.executable, "-c", "print('two red'); raise SystemExit(1)"]) as aside:
        assert capsys.readouterr().out == ""
        assert aside.result() == 1
    assert capsys.readouterr().out == "two red\n\n"


def test_what_runs_aside_is_ended_with_the_rest() -> None:
    with Aside([sys.executable, "-c", "import threading; threading.Event().wait()"]) as aside:
        pass
    assert aside._process.returncode != 0
