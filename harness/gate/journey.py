"""One test as the report tells it: what each person saw, the path of the callId, the timeline."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from harness.gate.drawing import Drawing, draw
from harness.gate.evidence import inside
from harness.gate.id_map import IdMap, draw_path
from harness.gate.results import CheckResult
from harness.trace.events import Event
from harness.trace.sightings import Divergence, Ledger, Sighting
from harness.trace.timeline import Timeline, measurement

LARGEST_PICTURE = 1_500_000  # bytes; a larger one is linked, not embedded
MOST_RED = 6  # red journeys told in full: more would make a report that nobody opens on a phone
MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


@dataclass(frozen=True)
class Picture:
    """A person's screen. `source` is a data URI, or None when the file is too large to embed."""

    who: str
    path: str
    source: str | None


@dataclass(frozen=True)
class Stop:
    """Sightings that follow each other at one place with one value: a page says its id more than once."""

    sightings: Sequence[Sighting]

    @property
    def first(self) -> Sighting:
        return self.sightings[0]


@dataclass(frozen=True)
class IdPath:
    """The sightings of one journey by time, and where they part."""

    journey: str | None
    began: float
    stops: Sequence[Stop]
    divergence: Divergence | None
    drawing: IdMap

    @property
    def count(self) -> int:
        """How many sightings there were."""
        return sum(len(stop.sightings) for stop in self.stops)


@dataclass(frozen=True)
class Journey:
    """One attempt at one test."""

    test: str
    attempt: int
    red: bool
    checks: Sequence[str]
    pictures: Sequence[Picture]
    paths: Sequence[IdPath]
    measurements: Sequence[tuple[str, str, str]]
    timeline: Timeline
    drawing: Drawing


def journeys(folder: Path, results: Sequence[CheckResult], events: Sequence[Event]) -> list[Journey]:
    """The journeys worth telling: those of red tests, and a good one to compare them with."""
    by_test: dict[tuple[str, int], list[Event]] = {}
    for event in events:
        if event["test"] is not None:
            by_test.setdefault((event["test"], event["attempt"]), []).append(event)
    checks: dict[str, dict[str, None]] = {}
    red: dict[str, int] = {}
    for result in results:
        for attempt in result.attempts:
            for test in attempt.tests:
                checks.setdefault(test, {})[result.check.id] = None
            # The last attempt that was red tells enough of a test that was red twice.
            bad = (outcome for outcome in attempt.outcomes if outcome["outcome"] in ("failed", "error"))
            red.update((outcome["test"], attempt.number) for outcome in bad)
    told = [key for key in red.items() if _worth_telling(by_test.get(key, []))][:MOST_RED]
    good = {key: by_test[key] for key in by_test if key[0] not in red}
    told += _best(good, _places_seen)
    if not any(_people_shown(by_test[key]) for key in told):
        told += _best(good, _people_shown)
    return [
        _journey(folder, key, key in red.items(), list(checks.get(key[0], ())), by_test[key]) for key in told
    ]


def _worth_telling(events: Iterable[Event]) -> bool:
    """Tests without people and ids are told by their message alone."""
    return any(event["what"] in ("sighting", "screenshot", "page", "media") for event in events)


def _best(
    good: dict[tuple[str, int], list[Event]], measure: Callable[[Iterable[Event]], int]
) -> list[tuple[str, int]]:
    """The test with most of it; none when there is nothing of it."""
    best = max(good, key=lambda key: measure(good[key]), default=None)
    return [best] if best is not None and measure(good[best]) else []


def _places_seen(events: Iterable[Event]) -> int:
    return len({event["where"] for event in events if event["what"] == "sighting"})


def _people_shown(events: Iterable[Event]) -> int:
    return len({event["who"] for event in events if event["what"] == "screenshot"})


def _journey(
    folder: Path, key: tuple[str, int], red: bool, checks: list[str], events: Sequence[Event]
) -> Journey:
    # Servers may have been started on behalf of this test: that is no part of what happened in it.
    timeline = Timeline.of(event for event in events if event["what"] != "phase")
    return Journey(
        *key,
        red,
        checks,
        _pictures(folder, events),
        _paths(events, timeline.began),
        [
            (event["who"], *measured)
            for event in events
            if event["what"] == "media" and (measured := measurement(event))
        ],
        timeline,
        draw(timeline),
    )


def _paths(events: Sequence[Event], began: float) -> list[IdPath]:
    sightings = [event for event in events if event["what"] == "sighting"]
    by_journey: dict[str | None, list[Event]] = {}
    for event in sightings:
        by_journey.setdefault(event.get("journey"), []).append(event)
    if len(by_journey.keys() - {None}) <= 1:
        # With one party there is nothing to tell apart, whoever noted a sighting without its journey.
        by_journey = {None: sightings} if sightings else {}
    return [_path(name, began, Ledger.of(seen)) for name, seen in by_journey.items()]


def _path(journey: str | None, began: float, ledger: Ledger) -> IdPath:
    groups = groupby(ledger.in_order(), key=lambda sighting: (sighting.who, sighting.where, sighting.value))
    parts = ledger.divergence()
    drawing = draw_path(ledger.in_order(), parts)
    return IdPath(journey, began, [Stop(list(group)) for _, group in groups], parts, drawing)


def _pictures(folder: Path, events: Iterable[Event]) -> list[Picture]:
    """The last screenshot of each person."""
    shots = [(event["who"], event["path"]) for event in events if event["what"] == "screenshot"]
    last = {who: link for who, path in shots if (link := inside(folder, str(path))) is not None}
    return [Picture(who, link, _embedded(folder / link)) for who, link in last.items()]


def _embedded(file: Path) -> str | None:
    kind = MEDIA_TYPES.get(file.suffix.lower())
    if kind is None or file.stat().st_size > LARGEST_PICTURE:
        return None
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
