"""A release that is broken for real: its red check is replayed by the command until it is mended."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.config import child_environment
from tests.unit.test_mutants import Edit, Mutant, mutated_copy

WITHIN = 120  # seconds; the machine may be busy
OWNER = Edit("harness/token_server/app.py", "owner_id=party.host_id", "owner_id=user.id")
BROKEN = (Mutant("the server creates the call as the asking user", OWNER, red="T17", says=""),)


@pytest.mark.timeout(4 * WITHIN)
def test_a_broken_release_is_replayed_until_it_is_mended(tmp_path: Path) -> None:
    copy, runs = mutated_copy(BROKEN, tmp_path / "product"), tmp_path / "runs"

    def harness(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "harness.cli", *arguments, "--runs", str(runs)],
            cwd=copy,
            env=child_environment({"PYTHONPATH": str(copy)}),
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    code, said = harness("gate", "--only", "T17", "--no-rerun")
    assert code == 1, said
    (run,) = runs.iterdir()
    code, said = harness("replay", run.name, "T17")
    assert code == 1, said
    # Ids, ports and times are others; the failure is the same.
    assert re.search(r"(?s)T17 is red again.*: .* was created by the host", said), said
    mended = copy / OWNER.file
    mended.write_text(mended.read_text().replace(OWNER.new, OWNER.old))
    code, said = harness("replay", str(run), "T17")
    assert (code, "T17 is green now: the failure is gone." in said) == (0, True), said
    code, said = harness("replay", run.name, "T01")
    assert (code, said.startswith("T01 cannot be replayed: "), said.count("\n")) == (2, True, 1), said
