"""One line of the token server's log: a step of a request, and the facts that it tells."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.target import Party

PREFIX = "[stream-video-token] "
CREATED = "Call created/verified on Stream servers"
# As other languages print an object: `{ callType: 'livestream', callId: '...' }`, perhaps over several lines.
PRINTED = re.compile(r"""["']?(\w+)["']?\s*[:=]\s*["']([^"']*)["']""")


@dataclass(frozen=True)
class StepLine:
    """`[stream-video-token] <step> {facts}`; the facts as JSON, or as another language prints them."""

    step: str
    facts: dict[str, Any]


def lines_about(party: Party, log: Path) -> list[StepLine]:
    """What the log tells of this party's call, in the order it was written."""
    told = log.read_text(encoding="utf-8", errors="replace").split(PREFIX)[1:]
    return [_read(text) for text in told if party.id in text]


def _read(text: str) -> StepLine:
    step, brace, rest = text.partition("{")
    try:
        facts = dict(json.loads((brace + rest).splitlines()[0])) if brace else {}
    except ValueError:
        facts = dict(PRINTED.findall(rest))
    return StepLine(step.strip(), facts)
