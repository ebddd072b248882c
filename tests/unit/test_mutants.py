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
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.config import PACKAGE, child_environment

ROOT = PACKAGE.parent
TOKEN = re.compile(rb"eyJ[\w-]{6,}\.eyJ[\w-]+\.[\w-]{20,}|refresh_token\\*\":\s*\\*\"(?!\*)")
GATE_WITHIN = 300  # seconds; a red check runs twice, and the machine may be busy


@dataclass(frozen=True)
class Mutant:
    """`old` in `file` becomes `new`; then each of `red` is red, and the report says what `says` matches."""

    name: str
    file: str
    old: str
    new: str
    red: str
    says: str


ELSEWHERE = "11111111-1111-4111-8111-111111111111"
MUTANTS = (
    Mutant(
        "the token answer carries another callId",
        "harness/token_server/app.py",
        '"callId": party.id,',
        f'"callId": "{ELSEWHERE}",',
        red="C01",
        says=rf"callId parts at (host|viewer) token answer \(\w+\): {ELSEWHERE}; before it, at \w+",
    ),
    Mutant(
        "the server creates the call as the asking user",
        "harness/token_server/app.py",
        "owner_id=party.host_id",
        "owner_id=user.id",
        red="T17",
        says=r"was created by the host [\w-]+; it was created by",
    ),
    Mutant(
        "the viewer's page is at another call",
        "harness/pages/src/watching.ts",
        "quietCall(client, partyId, undo)",
        f'quietCall(client, "{ELSEWHERE}", undo)',
        red="C01",
        says=rf"callId parts at viewer page \(viewer\): {ELSEWHERE}; before it, at",
    ),
    Mutant(
        "the host's camera is frozen after the first frame",
        "harness/media/clips.py",
        "camera_frame(clip_id, frame)",
        "camera_frame(clip_id, 0)",
        red="G03",
        says=r"the picture is frozen: \d+ frames were decoded in [\d.]+ s, all the same",
    ),
    Mutant(
        "viewers may come in before the host is live",
        "harness/local_stream/coordinator/call_settings.py",
        '"backstage": {"enabled": True,',
        '"backstage": {"enabled": False,',
        red="G04",
        says=r"the viewer joined the call [\d.]+ s before the host went live|expected the status 'Waiting",
    ),
    Mutant(
        "goLive() is left out",
        "harness/pages/src/go-live.ts",
        "const { call: answer } = await call.goLive();",
        "const answer = { backstage: false };",
        red="G01,G02",
        says="expected a call that is live, Stream has it backstage",
    ),
    Mutant(
        "the database is not updated",
        "harness/pages/src/go-live.ts",
        "await markLive(services.supabase, party.id);",
        "",
        red="G01,G05",
        says="expected {'is_live': True, 'stream_app_id': '[\\w-]+'}, the row is {.*'is_live': False",
    ),
    Mutant(
        "no CORS headers on the 401",
        "harness/token_server/cors.py",
        'if message["type"] == "http.response.start":',
        'if message["type"] == "http.response.start" and message["status"] != 401:',
        red="N02,T05",
        says="expected the error 'Stream auth failed .* the page shows 'Authentication failed",
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
    if not mutant.red.startswith("T"):
        traces = list((run / "traces").glob("*.zip"))
        assert traces, "a red check with a browser must leave Playwright traces"
        assert not [trace for trace in traces if tells_tokens(trace)], "a trace holds a token"


def mutated_copy(mutant: Mutant, copy: Path) -> Path:
    """The product with the mutant's one edit, which must find its place."""
    ignored = shutil.ignore_patterns("node_modules", "__pycache__", "unit")
    for name in ("harness", "tests", "fixtures"):
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    file = copy / mutant.file
    text = file.read_text()
    assert text.count(mutant.old) == 1, f"{mutant.old!r} was not found once in {mutant.file}"
    file.write_text(text.replace(mutant.old, mutant.new))
    return copy


def tells_tokens(trace: Path) -> bool:
    """Whether a token of a session can be read in the trace."""
    with zipfile.ZipFile(trace) as entries:
        return any(TOKEN.search(entries.read(name)) for name in entries.namelist())


def red_checks(run: Path) -> set[str]:
    """The ids that were red in the last attempt."""
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    checks = (event for event in events if event["what"] == "check" and event["attempt"] == 2)
    return {event["id"] for event in checks if event["outcome"] == "failed"}
