"""What `harness reproduce` prints: what the browser said, what the page said, and what it should have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.reproduce.trial import Seen
from harness.reproduce.verdict import should_say

MOST_LINES = 8


def account(
    seen: Seen, faults: Sequence[str], exactly: str | None, browser: str, evidence: Path | None
) -> str:
    """As lines for a terminal."""
    failure = seen.failure
    made = "SIMULATED (this browser does not give it by itself)" if seen.simulated else "real"
    made_by = failure.made_by
    if seen.engine == "firefox":
        made_by = "a stand-in answered" if seen.simulated else "by what this Firefox was started with"
    rows = [
        f"{failure.name} - {failure.users_see}",
        f"  in {browser}, {made}: {made_by}",
        "",
        "The browser said",
        *_indented(_browser_said(seen)),
        "The page said",
        *_indented(_page_said(seen)),
        "It should say",
        *_indented([should_say(seen, exactly)]),
        "Healed by",
        *_indented([f"{failure.heals_by}: {_healed(seen)}"]),
        "",
        f"Reproduced in {seen.seconds:.1f} s. {_verdict(faults)}",
        *(f"  - {fault}" for fault in faults),
    ]
    if evidence is not None:
        rows.append(f"Evidence: {evidence}")
    return "\n".join(rows)


def _browser_said(seen: Seen) -> list[str]:
    said = [
        f"{request}{f' (constraint {request.constraint})' if request.constraint else ''}"
        f"{f' after {request.seconds * 1000:.0f} ms' if request.seconds is not None else ''}"
        for request in seen.requests
    ]
    if seen.failure.outcome == "no devices":
        said.append("navigator.mediaDevices is undefined")
    return [
        *(said or ["nothing: the page asked for no device"]),
        *([f"tracks: {', '.join(seen.ended)}"] if seen.ended else []),
        *([f"permissions: {', '.join(seen.states)}"] if seen.states else []),
        *([f"devices: {', '.join(_inputs(seen.devices)) or 'none'}"] if seen.devices else []),
    ]


def _inputs(devices: Sequence[str]) -> list[str]:
    return sorted({kind for kind in devices if kind.endswith("input")})


def _page_said(seen: Seen) -> list[str]:
    lines = [f'"{sentence.text}"' for sentence in seen.told]
    more = [f"... and {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    return [*lines[:MOST_LINES], *more] or ["nothing that it did not say before"]


def _healed(seen: Seen) -> str:
    if seen.recovered is None:
        return "not tried"
    return seen.recovered or "and it works again"


def _verdict(faults: Sequence[str]) -> str:
    return "The page handled it wrongly:" if faults else "The page handled it."


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]
