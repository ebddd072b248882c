"""The drawn path of a callId: a station for each place in its order, inside, red where ids part."""

from __future__ import annotations

from harness.gate.id_map import LEFT, WIDTH, IdMap, draw_path
from harness.trace.sightings import PLACES, Ledger, Place, Sighting


def seen(t: float, who: str, where: Place, call_id: str = "party") -> Sighting:
    return Sighting(t, who, where, "livestream", call_id, f"line {t}")


def drawn(*sightings: Sighting) -> IdMap:
    ledger = Ledger(sightings)
    return draw_path(ledger.in_order(), ledger.divergence())


def test_places_stand_in_the_order_of_time_on_the_line_of_who_saw() -> None:
    path = drawn(
        seen(3, "stream", "call on Stream"), seen(1, "host", "host page"), seen(2, "host", "host join")
    )
    assert [(one.number, one.where) for one in path.stations] == [
        (1, "host page"),
        (2, "host join"),
        (3, "call on Stream"),
    ]
    assert [who for who, _ in path.lanes] == ["host", "stream"]
    lines = dict(path.lanes)
    assert all(one.y == lines[one.who] for one in path.stations)
    assert len(path.sections) == 2


def test_a_page_that_says_its_id_again_is_one_station() -> None:
    path = drawn(*(seen(t, "host", "host page") for t in range(5)))
    assert [one.where for one in path.stations] == ["host page"]


def test_every_place_at_once_stays_inside() -> None:
    path = drawn(*(seen(number, "host", place) for number, place in enumerate(PLACES)))
    assert len(path.stations) == len(PLACES)
    assert all(LEFT <= one.x <= WIDTH for one in path.stations)


def test_from_where_ids_part_it_is_marked_and_there_alone_it_parts() -> None:
    path = drawn(
        seen(1, "host", "host page"), seen(2, "viewer", "viewer join", "other"), seen(3, "host", "host join")
    )
    assert [(one.where, one.differs, one.parts) for one in path.stations] == [
        ("host page", False, False),
        ("viewer join", True, True),
        ("host join", False, False),
    ]


def test_nothing_seen_is_an_empty_drawing() -> None:
    assert drawn().stations == ()
