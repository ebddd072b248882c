from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from harness.config import child_environment
from harness.setup.tally import Tally, options, tally, together

TESTS = """
import pytest

@pytest.fixture
def untidy():
    yield
    raise ValueError

def test_good(): pass
@pytest.mark.parametrize("which", ["a::b c"])
def test_bad(which): assert False
def test_left_open(untidy): pass
def test_bad_and_left_open(untidy): assert False
def test_not_here(): pytest.skip("not run: no Firefox")
@pytest.mark.xfail(reason="known")
def test_known(): assert False
class TestOfClass:
    def test_in_it(self): pass
"""


def ran(folder: Path, tests: str) -> Tally:
    """What is counted after pytest ran this."""
    (folder / "test_one.py").write_text(tests)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-c",
            "/dev/null",
            "--rootdir",
            folder,
            *options(folder / "x"),
        ],
        cwd=folder,
        env=child_environment({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
        capture_output=True,
        check=False,
    )
    return tally(folder / "x")


def test_each_test_counts_once_by_its_id_and_whose_fixture_could_not_end_failed(tmp_path: Path) -> None:
    told = ran(tmp_path, TESTS)
    failed = ("test_bad[a::b c]", "test_left_open", "test_bad_and_left_open")
    assert told == Tally(
        2,
        tuple(f"test_one.py::{name}" for name in failed),
        {"test_one.py::test_not_here": "not run: no Firefox", "test_one.py::test_known": "known"},
    )
    assert told.counts == "2 passed, 3 failed, 2 skipped"


def test_what_cannot_be_read_failed_by_its_module(tmp_path: Path) -> None:
    assert ran(tmp_path, "import not_there") == Tally(0, ("test_one.py",))


def test_without_a_file_or_with_half_of_one_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "half").write_text("<testsuites><testsuite>")
    assert (tally(tmp_path / "none"), tally(tmp_path / "half")) == (Tally(), Tally())
    assert Tally().counts == ""


def test_runs_count_together() -> None:
    both = together([Tally(1, ("a",), {"b": "why"}), Tally(2, ("c",))])
    assert both == Tally(3, ("a", "c"), {"b": "why"})
