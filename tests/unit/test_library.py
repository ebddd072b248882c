"""docs/library.md: its examples are tests that pass, in a project that is not this one; versions agree."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import harness
from harness.config import PACKAGE, child_environment

ROOT = PACKAGE.parent
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "library.md").read_text(), re.S)


@pytest.mark.timeout(200)
def test_examples_pass_in_a_project_of_ones_own(tmp_path: Path) -> None:
    for number, example in enumerate(EXAMPLES):
        (tmp_path / f"test_example_{number}.py").write_text(example)
    (tmp_path / "conftest.py").write_text("def pytest_addoption(parser): parser.addoption('--seed')\n")
    # One that must fail: so a run of these can.
    (tmp_path / "test_wrong.py").write_text("def test_wrong(party): assert party.id == 'another'\n")
    ran = subprocess.run(
        # A project's own --seed, and somebody else's HARNESS_SEED, are no business of the plugin's.
        [sys.executable, "-m", "pytest", "--seed=x", "-p", "harness", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=child_environment({"PYTEST_ADDOPTS": "", "HARNESS_SEED": "7"}),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert f"1 failed, {len(EXAMPLES)} passed" in ran.stdout, ran.stdout + ran.stderr
    assert len(EXAMPLES) == 3
    assert "seed" not in ran.stdout


def test_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == harness.__version__
    assert f"## {harness.__version__}\n" in (ROOT / "CHANGELOG.md").read_text()
