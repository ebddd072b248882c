"""One line of the token server's log: a step of a request, and the facts that it tells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.target import Party

PREFIX = "[stream-video-token] "
CREATED = "Call created/verified on Stream servers"


@dataclass(frozen=True)
class StepLine:
    """`[stream-video-token] <step> {facts}`; no facts when no JSON object ends the line."""

    step: str
    facts: dict[str, Any]


def lines_about(party: Party, log: Path) -> list[StepLine]:
    """What the log tells of this party's call, in the order it was written."""
    return [
        _read(line.partition(PREFIX)[2])
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
        if PREFIX in line and party.id in line
    ]


def _read(line: str) -> StepLine:
    step, brace, rest = line.partition("{")
    try:
        facts = dict(json.loads(brace + rest)) if brace else {}
    except ValueError:
        facts = {}
    return StepLine(step.strip(), facts)
