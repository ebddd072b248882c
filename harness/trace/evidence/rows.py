"""The run log's events as rows of the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.trace.events import Event
from harness.trace.evidence.account import Account, Row
from harness.trace.timeline import NOT_SHOWN, label

KIND_OF = {
    "page": "page",
    "screenshot": "page",
    "media": "media",
    "console": "console",
    "error": "console",
    "request": "network",
    "stream event": "network",
    "sighting": "callId",
}
ASKED = ("getUserMedia", "getDisplayMedia")


def told_by_events(events: Iterable[Event], *, known: Sequence[str] = ()) -> Account:
    """What the run log tells; of people in `known` without what they tell in full."""
    return Account(
        tuple(
            Row(
                event["t"],
                event["who"],
                KIND_OF.get(event["what"], "harness"),
                label(event),
                event["what"] == "error" or event.get("level") == "error",
            )
            for event in events
            if event["what"] not in NOT_SHOWN and not (event["who"] in known and _told_in_full(event))
        )
    )


def _told_in_full(event: Event) -> bool:
    """Console, requests, and what was asked of the browser's media."""
    return event["what"] in ("console", "request") or event.get("name") in ASKED
