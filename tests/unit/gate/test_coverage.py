"""The catalogue and the tests name the same checks: none is promised without a test, nor tested unlisted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.gate.catalogue import catalogue
from harness.gate.child import release_suite
from harness.trace.events import read


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The check ids that the tests of the suite carry."""
    run_dir, suite = tmp_path_factory.mktemp("run"), release_suite({})
    pytest_run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--collect-only",
            "-q",
            "--run-dir",
            str(run_dir),
            *map(str, suite.folders),
        ],
        cwd=suite.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert pytest_run.returncode == 0, pytest_run.stdout + pytest_run.stderr
    (event,) = (event for event in read(Path(run_dir) / "events.jsonl") if event["what"] == "collected")
    return set(event["checks"])


def test_every_check_that_is_not_planned_has_a_test(tested: set[str]) -> None:
    promised = {check.id for check in catalogue().values() if not check.planned}
    assert sorted(promised - tested) == []


def test_every_test_names_a_check_that_is_listed_and_not_planned(tested: set[str]) -> None:
    promised = {check.id for check in catalogue().values() if not check.planned}
    assert sorted(tested - promised) == []
