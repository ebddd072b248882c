"""The run log as lanes: who did what when, everybody on one clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.trace.events import Event

# People first, then what serves them, in the order in which a go-live passes through them.
ORDER = ("host", "viewer", "viewer 2", "token-server", "stream", "database", "harness")
# These tell of the run's bookkeeping, not of what happened in it.
NOT_SHOWN = frozenset({"run", "collected", "check", "test", "verdict"})


@dataclass(frozen=True)
class Mark:
    """Something that happened `at` seconds after the timeline began, and took `seconds` (0: a moment)."""

    at: float
    seconds: float
    what: str
    label: str
    bad: bool


@dataclass(frozen=True)
class Lane:
    """All that one person or server did, by time."""

    who: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Timeline:
    """`began` in unix seconds; `seconds` from the first mark's beginning to the last mark."""

    began: float
    seconds: float
    lanes: tuple[Lane, ...]

    @classmethod
    def of(cls, events: Iterable[Event]) -> Timeline:
        """The lanes of these events; no lanes when there is nothing to show."""
        shown = sorted(
            (event for event in events if event["what"] not in NOT_SHOWN), key=lambda event: event["t"]
        )
        if not shown:
            return cls(0, 0, ())
        began = min(event["t"] - _duration(event) for event in shown)
        lanes: dict[str, list[Mark]] = {}
        for event in shown:
            lanes.setdefault(event["who"], []).append(_mark(event, began))
        ordered = sorted(lanes.items(), key=lambda lane: rank(lane[0]))
        return cls(began, shown[-1]["t"] - began, tuple(Lane(who, tuple(marks)) for who, marks in ordered))


def label(event: Event) -> str:
    """What an event says, in one line."""
    if event.get("text"):
        return str(event["text"])
    what = event["what"]
    if what == "request":
        return " ".join(
            str(event[key]) for key in ("method", "url", "path", "status") if event.get(key) is not None
        )
    if what == "sighting":
        return f"{event['where']}: {event['call_id']}"
    if measured := measurement(event):
        return " ".join(measured)
    return str(event.get("message") or event.get("name") or event.get("path") or what)


def measurement(event: Event) -> tuple[str, str] | None:
    """What a `media` or `phase` event measured, and how much: (`time to first frame`, `1.27 s`)."""
    if event["what"] not in ("media", "phase") or not {"seconds", "value"} & event.keys():
        return None
    value = event.get("seconds", event.get("value"))
    unit = "s" if "seconds" in event else str(event.get("unit", ""))
    number = round(value, 3) if isinstance(value, float) else value
    return str(event.get("name")), f"{number} {unit}".rstrip()


def _mark(event: Event, began: float) -> Mark:
    seconds = _duration(event)
    bad = event["what"] == "error" or event.get("level") == "error"
    return Mark(event["t"] - seconds - began, seconds, event["what"], " ".join(label(event).split()), bad)


def _duration(event: Event) -> float:
    """Only a phase covers the time before its event; other `seconds` are measurements."""
    return float(event.get("seconds", 0)) if event["what"] == "phase" else 0.0


def rank(who: str) -> tuple[int, str]:
    """`other host` and `viewer 3` come with their kind, and unknown people before the servers."""
    if who in ORDER:
        return ORDER.index(who), who
    return (0 if "host" in who else 2), who
