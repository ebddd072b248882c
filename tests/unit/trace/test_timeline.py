"""Lanes, their order, and what each mark says."""

from __future__ import annotations

import pytest

from harness.trace.events import Event
from harness.trace.timeline import Timeline, label


def event(t: float, who: str, what: str, **data: object) -> Event:
    return {"t": t, "who": who, "what": what, **data}


def test_no_events_no_lanes() -> None:
    assert Timeline.of([event(1, "harness", "check", seconds=3)]) == Timeline(0, 0, ())


def test_everybody_is_on_one_clock() -> None:
    timeline = Timeline.of(
        [event(13, "viewer", "page", text="Live"), event(10.5, "host", "page", text="Going live…")]
    )
    assert (timeline.began, timeline.seconds) == (10.5, 2.5)
    assert [(lane.who, lane.marks[0].at) for lane in timeline.lanes] == [("host", 0.0), ("viewer", 2.5)]


def test_a_phase_covers_the_time_before_its_event_and_a_measurement_does_not() -> None:
    timeline = Timeline.of(
        [
            event(10, "harness", "phase", name="servers", seconds=2.0),
            event(11, "viewer", "media", name="x", seconds=5),
        ]
    )
    assert timeline.began == 8
    marks = {lane.who: lane.marks[0] for lane in timeline.lanes}
    assert (marks["harness"].at, marks["harness"].seconds) == (0, 2)
    assert (marks["viewer"].at, marks["viewer"].seconds) == (3, 0)


def test_people_come_before_what_serves_them() -> None:
    names = [
        "database",
        "stream",
        "viewer 2",
        "harness",
        "other host",
        "viewer",
        "token-server",
        "host",
        "viewer 9",
    ]
    timeline = Timeline.of([event(1, who, "page", text="x") for who in names])
    assert [lane.who for lane in timeline.lanes] == [
        "host",
        "other host",
        "viewer",
        "viewer 2",
        "viewer 9",
        "token-server",
        "stream",
        "database",
        "harness",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"what": "console", "text": "[ListeningParty] joined"}, "[ListeningParty] joined"),
        ({"what": "request", "method": "POST", "url": "http://x/y", "status": 201}, "POST http://x/y 201"),
        ({"what": "sighting", "where": "host join", "call_id": "abc"}, "host join: abc"),
        ({"what": "media", "name": "time to first frame", "seconds": 1.23456}, "time to first frame 1.235 s"),
        ({"what": "media", "name": "viewers", "value": 5}, "viewers 5"),
        ({"what": "media", "name": "loudness", "value": -9.04, "unit": "dBFS"}, "loudness -9.04 dBFS"),
        ({"what": "screenshot", "path": "screenshots/host.png"}, "screenshots/host.png"),
        ({"what": "error", "message": "it broke"}, "it broke"),
        ({"what": "odd"}, "odd"),
    ],
)
def test_each_event_says_something(data: Event, said: str) -> None:
    assert label(data) == said


def test_errors_are_marked_bad() -> None:
    events = [
        event(1, "host", "error", text="a"),
        event(2, "host", "console", level="error"),
        event(3, "host", "page"),
    ]
    assert [mark.bad for mark in Timeline.of(events).lanes[0].marks] == [True, True, False]
