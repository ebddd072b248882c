"""Labels stay inside the drawing and do not lie on each other."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from harness.gate.drawing import LEFT, LETTER, MOST_ROWS, WIDTH, Shape, draw
from harness.trace.events import Event
from harness.trace.timeline import Timeline


def event(t: float, text: str, what: str = "page") -> Event:
    return {"t": t, "who": "host", "what": what, "text": text}


def extent(shape: Shape) -> tuple[float, float]:
    length = len(shape.text) * LETTER
    return (
        (shape.text_x - length, shape.text_x)
        if shape.anchor == "end"
        else (shape.text_x, shape.text_x + length)
    )


@pytest.mark.parametrize("seed", range(20))
def test_labels_never_overlap_nor_leave_the_drawing(seed: int) -> None:
    chance = random.Random(seed)
    events = [event(chance.uniform(0, 9), "x" * chance.randint(1, 60) + str(number)) for number in range(60)]
    (lane,) = draw(Timeline.of(events)).lanes
    labelled = [shape for shape in lane.shapes if shape.text]
    assert labelled
    for shape in labelled:
        assert shape.text_x - LEFT > -1
        assert extent(shape)[1] <= WIDTH
        assert lane.y <= shape.y <= lane.y + lane.height
    for row in {shape.y for shape in labelled}:
        extents = sorted(extent(shape) for shape in labelled if shape.y == row)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(extents))
    assert len({shape.y for shape in lane.shapes}) <= MOST_ROWS


def test_a_place_is_labelled_once_and_what_a_page_says_each_time() -> None:
    seen = {"who": "host", "what": "sighting", "where": "host page", "call_id": "x"}
    events = [{"t": 1, **seen}, event(2, "a"), {"t": 3, **seen}, event(4, "a")]
    (lane,) = draw(Timeline.of(events)).lanes
    assert [shape.text for shape in lane.shapes] == ["host page", "a", "", "a"]
    assert [shape.what for shape in lane.ticks] == ["sighting"]
    assert [shape.what for shape in lane.marks] == ["sighting", "page", "page"]


def test_what_has_no_room_keeps_its_mark_and_tooltip() -> None:
    events = [event(5, f"label number {number}") for number in range(20)] + [event(0, "a"), event(9, "b")]
    (lane,) = draw(Timeline.of(events)).lanes
    assert len(lane.shapes) == 22
    assert any(not shape.text and "label number" in shape.tooltip for shape in lane.shapes)


def test_requests_are_ticks_with_a_tooltip() -> None:
    request = {"t": 1.5, "who": "host", "what": "request", "method": "POST", "url": "http://x", "status": 200}
    (lane,) = draw(Timeline.of([event(1, "a"), request])).lanes
    assert (lane.shapes[1].text, lane.shapes[1].tooltip) == ("", "0.500 s  request: POST http://x 200")


@pytest.mark.parametrize(
    ("seconds", "last", "count"), [(0.03, "0.03 s", 4), (9.4, "9 s", 10), (61, "60 s", 7)]
)
def test_the_axis_has_round_times(seconds: float, last: str, count: int) -> None:
    ticks = draw(Timeline.of([event(0, "a"), event(seconds, "b")])).ticks
    assert (ticks[0][1], ticks[-1][1], len(ticks)) == ("0 s", last, count)
    assert all(LEFT <= x <= WIDTH for x, _ in ticks)


def test_a_single_moment_can_be_drawn() -> None:
    assert draw(Timeline.of([event(7, "a")])).lanes[0].shapes[0].x == LEFT


def test_nothing_can_be_drawn() -> None:
    assert draw(Timeline.of([])).lanes == ()
