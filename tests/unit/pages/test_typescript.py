"""The logic of the pages that needs no browser, through Node's own test runner (files beside this one)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness.setup.npm import NODE

FILES = sorted(Path(__file__).parent.glob("*.test.ts"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_in_node(file: Path) -> None:
    ran = subprocess.run([NODE, "--test", file], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
