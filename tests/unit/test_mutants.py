"""The checks can fail: a system broken in one place turns them red, and the report says where.

Each mutant is a copy of the product with one edit. The gate runs on it as it would on a release.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.config import PACKAGE, child_environment

ROOT = PACKAGE.parent
GATE_WITHIN = 150  # seconds; a red check runs twice


@dataclass(frozen=True)
class Mutant:
    """`old` in `file` becomes `new`; then each of `red` must be red, and the report must say what `says` matches."""

    name: str
    file: str
    old: str
    new: str
    red: str
    says: str


MUTANTS = (
    Mutant(
        "the token answer carries another callId",
        "harness/token_server/app.py",
        '"callId": party.id,',
        '"callId": "11111111-1111-4111-8111-111111111111",',
        red="C01,T01",
        says=r"callId parts at host token answer .*: 11111111-1111-4111-8111-111111111111; before it, at",
    ),
    Mutant(
        "the server creates the call as the asking user",
        "harness/token_server/app.py",
        "owner_id=party.host_id",
        "owner_id=user.id",
        red="T17",
        says="created",
    ),
    Mutant(
        "no CORS headers on the 401",
        "harness/token_server/cors.py",
        'if message["type"] == "http.response.start":',
        'if message["type"] == "http.response.start" and message["status"] != 401:',
        red="N02,T05",
        says="access-control-allow-origin",
    ),
)


@pytest.mark.timeout(2 * GATE_WITHIN)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_broken_system_turns_red_and_the_report_says_where(mutant: Mutant, tmp_path: Path) -> None:
    copy = mutated_copy(mutant, tmp_path / "product")
    gate = subprocess.run(
        [sys.executable, "-m", "harness.cli", "gate", "--only", mutant.red],
        cwd=copy,
        env=child_environment({"PYTHONPATH": str(copy), "HARNESS_RUNS": str(tmp_path / "runs")}),
        capture_output=True,
        text=True,
        timeout=GATE_WITHIN,
        check=False,
    )
    said = gate.stdout + gate.stderr
    assert gate.returncode == 1, said
    (run,) = (tmp_path / "runs").iterdir()
    assert red_checks(run) >= set(mutant.red.split(",")), said
    report = html.unescape((run / "report.html").read_text())
    assert re.search(mutant.says, report), f"The report does not say {mutant.says!r}.\n{said}"


def mutated_copy(mutant: Mutant, copy: Path) -> Path:
    """The product with the mutant's one edit, which must find its place."""
    ignored = shutil.ignore_patterns("node_modules", "__pycache__", "unit")
    for name in ("harness", "tests", "fixtures"):
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    file = copy / mutant.file
    text = file.read_text()
    assert text.count(mutant.old) == 1, f"{mutant.file} has {mutant.old!r} {text.count(mutant.old)} times, not once"
    file.write_text(text.replace(mutant.old, mutant.new))
    return copy


def red_checks(run: Path) -> set[str]:
    """The ids that were red in the last attempt."""
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    return {event["id"] for event in events if event["what"] == "check" and event["outcome"] == "failed"}
