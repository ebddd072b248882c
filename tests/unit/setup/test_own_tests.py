from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.config import HarnessSettings, child_environment, load
from harness.setup import own_tests
from harness.setup.commands import CHECKOUT
from harness.setup.groups import FOLDERS, GROUPS, collected_by
from harness.setup.own_tests import Outcome, summary, verdict
from harness.setup.tally import Tally


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
    assert summary(outcomes(0, 1), 2.5).splitlines() == [
        "",
        "green   phase 0             1.5 s",
        "red     phase 1             1.5 s",
        "        all                 2.5 s",
    ]


def test_the_summary_counts_and_names_what_failed_and_what_was_not_run_in_any_phase() -> None:
    unlucky = Tally(2, ("t/test_a.py::test_x",), {"t/test_a.py::test_y": "not run: no Firefox"})
    ran = [Outcome("a", 1, 1.5, unlucky), Outcome("b", 0, 1.5, Tally(3))]
    assert summary(ran, 2.5).splitlines() == [
        "",
        "red     a                   1.5 s  2 passed, 1 failed, 1 skipped",
        "green   b                   1.5 s  3 passed",
        "        all                 2.5 s  5 passed, 1 failed, 1 skipped",
        "skipped t/test_a.py::test_y: not run: no Firefox",
        "failed  t/test_a.py::test_x",
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


def test_each_group_is_of_the_tests_and_the_others_leave_out_what_is_in_one() -> None:
    named = [path for paths in GROUPS.values() for path in paths]
    assert [each for each in named if not (CHECKOUT / each).exists() or not each.startswith(FOLDERS)] == []
    assert sorted(set(named)) == sorted(named)
    others = collected_by("others")
    assert {f"--ignore={each}" for each in named} <= set(others)
    # What is given by name is collected, though it is to be ignored.
    assert {each for each in others if not each.startswith("-")} == set(FOLDERS) - set(named)
    assert collected_by("checks") == ["tests/e2e"]


def test_what_red_groups_left_is_kept_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    test = tmp_path / "test_one.py"
    test.write_text("def test_it(tmp_path): (tmp_path / 'seen').touch(); assert not tmp_path.is_dir()")
    monkeypatch.setattr(own_tests, "_quick", lambda _: {})
    monkeypatch.setattr(own_tests, "GROUPS", {"it's red": ()})
    monkeypatch.setattr(own_tests, "collected_by", lambda _: ["-c", "/dev/null", str(test)])
    assert own_tests.run_own_tests(load(HarnessSettings), []) == 1
    kept = Path(capsys.readouterr().out.split()[-1])
    assert [each.name for each in kept.glob("it-s-red/test_it0/seen")] == ["seen"]
    shutil.rmtree(kept)


def test_ctrl_c_during_pytest_is_ctrl_c(tmp_path: Path) -> None:
    ran = pytest_on(tmp_path, "def test_it(): raise KeyboardInterrupt")
    assert ran.stderr.strip().endswith("KeyboardInterrupt")
