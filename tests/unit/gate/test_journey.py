"""Which tests the report tells in full, and how their sightings are put together."""

from __future__ import annotations

from pathlib import Path

from harness.gate.catalogue import Check
from harness.gate.journey import MOST_RED, journeys
from harness.gate.results import results
from harness.trace.events import Event
from tests.unit.gate.a_run import OTHER, PARTY

CHECK = Check("C01", "must", "title")


def sighting(t: float, test: str, where: str, call_id: str = PARTY, journey: str | None = None) -> Event:
    seen = {
        "where": where,
        "call_type": "livestream",
        "call_id": call_id,
        "evidence": "line",
        "journey": journey,
    }
    return {"t": t, "who": "host", "what": "sighting", "test": test, "attempt": 1, **seen}


def run_of(*outcomes: str) -> list[Event]:
    """One check with a test for each outcome; each test saw the callId once."""
    tests = [f"test {number}" for number in range(len(outcomes))]
    events: list[Event] = [
        {"t": 0, "who": "harness", "what": "collected", "test": None, "attempt": 1, "checks": {"C01": tests}}
    ]
    for test, outcome in zip(tests, outcomes, strict=True):
        events.append(sighting(1, test, "host join"))
        told = {"id": "C01", "outcome": outcome, "message": outcome, "phase": "call", "seconds": 1.0}
        events.append({"t": 2, "who": "harness", "what": "check", "test": test, "attempt": 1, **told})
    return events


def told(folder: Path, events: list[Event]) -> list[tuple[str, bool]]:
    found = journeys(folder, results([CHECK], events), events)
    return [(journey.test, journey.red) for journey in found]


def test_of_green_tests_the_one_that_saw_most_is_told(tmp_path: Path) -> None:
    events = [*run_of("passed", "passed", "passed"), sighting(3, "test 1", "go live")]
    assert told(tmp_path, events) == [("test 1", False)]


def test_people_are_shown_even_if_another_test_saw_more_of_the_id(tmp_path: Path) -> None:
    events = [*run_of("passed", "passed"), sighting(3, "test 0", "go live")]
    events.append(
        {"t": 3, "who": "host", "what": "screenshot", "test": "test 1", "attempt": 1, "path": "a.png"}
    )
    assert told(tmp_path, events) == [("test 0", False), ("test 1", False)]


def test_every_red_test_is_told_up_to_a_limit(tmp_path: Path) -> None:
    assert told(tmp_path, run_of("passed", "failed", "error"))[:2] == [("test 1", True), ("test 2", True)]
    reds = told(tmp_path, run_of(*["failed"] * (MOST_RED + 3)))
    assert reds == [(f"test {number}", True) for number in range(MOST_RED)]


def test_a_test_that_saw_nobody_is_not_told(tmp_path: Path) -> None:
    events = [event for event in run_of("failed") if event["what"] != "sighting"]
    assert told(tmp_path, events) == []


def test_repeated_sightings_of_one_place_are_one_stop(tmp_path: Path) -> None:
    events = run_of("passed")
    events += [
        sighting(t, "test 0", where) for t, where in [(2, "host page"), (3, "host page"), (4, "host join")]
    ]
    (journey,) = journeys(tmp_path, results([CHECK], events), events)
    (path,) = journey.paths
    assert [(stop.first.where, len(stop.sightings)) for stop in path.stops] == [
        ("host join", 1),
        ("host page", 2),
        ("host join", 1),
    ]
    assert path.count == 4


def test_one_party_is_one_path_whoever_named_it(tmp_path: Path) -> None:
    events = [*run_of("passed"), sighting(3, "test 0", "go live", OTHER, "a party")]
    (path,) = journeys(tmp_path, results([CHECK], events), events)[0].paths
    assert path.divergence is not None


def test_two_parties_are_two_paths_that_do_not_part(tmp_path: Path) -> None:
    events = [
        *run_of("passed"),
        sighting(3, "test 0", "go live", PARTY, "one party"),
        sighting(4, "test 0", "go live", OTHER, "another party"),
    ]
    paths = journeys(tmp_path, results([CHECK], events), events)[0].paths
    assert [(path.journey, path.divergence, path.count) for path in paths] == [
        (None, None, 1),
        ("one party", None, 1),
        ("another party", None, 1),
    ]
