"""Where the time of a run went: phases, then each test with its fixtures and its waits for proofs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from harness.trace.events import Event

COLUMNS = ("all", "set-up", "story", "proofs", "clean-up")
PHASES = ("setup", "call", "teardown")


def profile(events: Sequence[Event]) -> Iterator[str]:
    """Lines for people: seconds of each phase, and of each test of each attempt, slowest first."""
    yield "Where the time went, in seconds"
    for event in events:
        if event["what"] == "phase":
            yield f"{event['seconds']:8.1f}  {event['name']}"
    rows = _rows(events)
    if not rows:
        return
    yield "".join(f"{name:>9}" for name in COLUMNS) + "  checks, test (proofs are part of the story)"
    for name, seconds in rows:
        yield "".join(f"{one:9.1f}" for one in seconds) + f"  {name}"
    sums = [sum(seconds[column] for _, seconds in rows) for column in range(len(COLUMNS))]
    yield "".join(f"{one:9.1f}" for one in sums) + f"  all {len(rows)} tests, one after the other"


def _rows(events: Sequence[Event]) -> list[tuple[str, tuple[float, ...]]]:
    """Each test once, though it may prove several checks."""
    checks: dict[tuple[int, str], list[str]] = defaultdict(list)
    spent: dict[tuple[int, str], dict[str, float]] = {}
    waited: dict[tuple[int, str], float] = defaultdict(float)
    for event in events:
        test = event["attempt"], str(event["test"])
        if event["what"] == "check":
            checks[test].append(event["id"])
            spent[test] = event.get("phases") or {"call": event["seconds"]}
        elif "waited" in event:
            waited[test] += event["waited"]
    rows = []
    for test, phases in spent.items():
        setup, call, teardown = (float(phases.get(name, 0.0)) for name in PHASES)
        name = f"{','.join(sorted(set(checks[test])))} {test[1].rpartition('/')[2]}"
        rows.append((name, (setup + call + teardown, setup, call, waited[test], teardown)))
    return sorted(rows, key=lambda row: -row[1][0])
