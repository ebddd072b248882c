"""One line of the token server's log: a step of a request, and the facts that it tells."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.browser.eventually import eventually
from harness.target import Party

PREFIX = "[stream-video-token] "
LATE = 5.0  # seconds
CREATED = "Call created/verified on Stream servers"
# As other languages print an object: `{ callType: 'livestream', callId: '...' }`, perhaps over several lines.
PRINTED = re.compile(r"""["']?(\w+)["']?\s*[:=]\s*["']([^"']*)["']""")


@dataclass(frozen=True)
class StepLine:
    """`[stream-video-token] <step> {facts}`; the facts as JSON, or as another language prints them."""

    step: str
    facts: dict[str, Any]


class LogTail:
    """What is written to a log from now on."""

    def __init__(self, log: Path) -> None:
        self._log, self._began = log, log.stat().st_size

    def lines_about(self, party: Party) -> list[StepLine]:
        """What it tells of this party's call, in the order it was written."""
        written = self._log.read_bytes()[self._began :].decode("utf-8", "replace")
        return [_read(text) for text in written.split(PREFIX)[1:] if party.id in text]

    def await_granted(self, party: Party) -> list[StepLine]:
        """The lines about this party, once they tell that a token was made ready; some logs come late."""

        def why_not_yet() -> str | None:
            said = [line.step for line in self.lines_about(party)]
            if CREATED in said:
                return None
            return (
                f"expected a log line {PREFIX}{CREATED} with callType and callId; of this call it has {said}"
            )

        eventually(why_not_yet, within=LATE)
        return self.lines_about(party)


def _read(text: str) -> StepLine:
    step, brace, rest = text.partition("{")
    try:
        facts = dict(json.loads((brace + rest).splitlines()[0])) if brace else {}
    except ValueError:
        facts = dict(PRINTED.findall(rest))
    return StepLine(step.strip(), facts)
