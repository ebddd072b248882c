"""Filter conditions, sorting and pages."""

from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import pytest

from harness.local_stream.coordinator.errors import ApiError
from harness.local_stream.coordinator.filters import query

EARLY, LATE = datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
CALLS: list[dict[str, Any]] = [
    {"id": "a", "at": EARLY, "ended": None, "size": 3, "members": ["x", "y"], "custom": {"colour": "red"}},
    {"id": "b", "at": LATE, "ended": LATE, "size": 1, "members": ["y"], "custom": {"colour": "blue"}},
    {"id": "c", "at": LATE, "ended": None, "size": 2, "members": [], "custom": {}},
]
FIELDS = {name: itemgetter(name) for name in CALLS[0]}
KNOWN = "field nothing can not be filtered or sorted by: known are at, custom, ended, id, members, size"


def nested(depth: int) -> dict[str, Any]:
    conditions: dict[str, Any] = {"id": "a"}
    for _ in range(depth - 1):
        conditions = {"$and": [conditions]}
    return conditions


def ids(given: dict[str, Any]) -> str:
    return "".join(call["id"] for call in query(CALLS, given, FIELDS).items)


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, "abc"),
        ({"id": "a"}, "a"),
        ({"id": {"$eq": "a"}}, "a"),
        ({"id": {"$in": ["a", "c", "z"]}}, "ac"),
        ({"id": {"$nin": ["a"]}}, "bc"),
        ({"id": {"$ne": "a"}}, "bc"),
        ({"size": {"$gt": 1, "$lte": 3}}, "ac"),
        ({"size": {"$gte": 2}, "members": {"$in": ["x"]}}, "a"),
        ({"members": "y"}, "ab"),
        ({"members": {"$contains": "x"}}, "a"),
        ({"ended": None}, "ac"),
        ({"ended": {"$exists": True}}, "b"),
        ({"at": {"$gt": "2030-06-01T00:00:00Z"}}, "bc"),
        ({"at": {"$lt": 1_900_000_000_000_000_000}}, "a"),
        ({"at": {"$eq": "2031-01-01T00:00:00Z"}}, "bc"),
        ({"custom.colour": "red"}, "a"),
        ({"custom.colour": {"$exists": False}}, "c"),
        ({"$or": [{"id": "a"}, {"size": 2}]}, "ac"),
        ({"$and": [{"id": {"$in": ["a", "b"]}}, {"members": "x"}]}, "a"),
        ({"$nor": [{"id": "a"}, {"id": "b"}]}, "c"),
        ({"size": {"$gt": "text"}}, ""),
        ({"size": True}, ""),
        ({"size": {"$lt": True}}, ""),
        ({"members": None}, "c"),
        ({"members": {"$in": ["z", None]}}, "c"),
        ({"id": {"$contains": "a"}}, ""),
        ({"custom.colour": {"$autocomplete": "RE"}}, "a"),
        ({"custom.colour": {"$autocomplete": "lue"}}, ""),
        ({"size": {"$autocomplete": "1"}}, ""),
        ({"custom.place.city": {"$exists": False}}, "abc"),
    ],
)
def test_conditions(conditions: dict[str, Any], found: str) -> None:
    assert ids({"filter_conditions": conditions}) == found


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ([{"field": "size", "direction": 1}], "bca"),
        ([{"field": "size", "direction": -1}], "acb"),
        ([{"field": "at", "direction": -1}, {"field": "size", "direction": 1}], "bca"),
        ([{"field": "ended"}], "acb"),
    ],
)
def test_sorting(sort: list[dict[str, Any]], found: str) -> None:
    assert ids({"sort": sort}) == found


@pytest.mark.parametrize(
    "given",
    [
        {"filter_conditions": {"nothing": 1}},
        {"filter_conditions": {"id": {"$near": 1}}},
        {"filter_conditions": {"id": {"$in": "a"}}},
        {"filter_conditions": {"$or": {"id": "a"}}},
        {"filter_conditions": {"$xor": []}},
        {"filter_conditions": {"id": {"$exists": 1}}},
        {"filter_conditions": {"id": {"$autocomplete": 1}}},
        {"filter_conditions": nested(21)},
        {"sort": [{}]},
        {"sort": [{"field": "id", "direction": 2}]},
        {"sort": [{"field": "id"}] * 11},
        {"offset": -1},
        {"offset": 1_001},
        {"prev": "?"},
        {"next": "WzEsIG51bGwsIDFd", "prev": "WzEsIG51bGwsIDFd"},
        {"next": "WzEsIG51bGwsIDFd", "offset": 1},
        {"filter_conditions": 5},
        {"sort": [{"field": "nothing"}]},
        {"limit": 101},
        {"limit": -1},
        {"limit": True},
        {"next": "?"},
    ],
)
def test_what_cannot_be_asked(given: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        ids(given)
    assert (refused.value.status, refused.value.code) == (400, 4)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"filter_conditions": {"id": {"$near": 1}}}, "operator $near is not supported here"),
        ({"filter_conditions": {"nothing": 1}}, KNOWN),
        ({"filter_conditions": {"$or": [{}, {"nothing": 1}]}}, KNOWN),
        ({"sort": [{"field": "nothing"}]}, KNOWN),
    ],
)
def test_what_cannot_be_asked_is_refused_where_nothing_is_looked_at(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ApiError) as refused:
        query([], given, FIELDS)
    assert (refused.value.status, refused.value.code, refused.value.detail) == (400, 4, told)


def test_twenty_levels_are_not_too_deep() -> None:
    assert ids({"filter_conditions": nested(20)}) == "a"


@pytest.mark.parametrize(
    ("limit", "told"), [(101, "limit must be 100 or less"), (-1, "limit must be 0 or greater")]
)
def test_limits_are_told_as_the_vendor_tells_them(limit: int, told: str) -> None:
    with pytest.raises(ApiError) as refused:
        ids({"limit": limit})
    assert refused.value.detail == told


def test_unknown_fields_of_users_are_custom_ones() -> None:
    user = {"id": "a", "custom": {"colour": "red", "place": {"city": "Rome"}}}
    fields = {name: itemgetter(name) for name in user}
    for conditions, found in [({"colour": "red"}, 1), ({"place.city": "Rome"}, 1), ({"shoe": 42}, 0)]:
        assert len(query([user], {"filter_conditions": conditions}, fields, loose=True).items) == found
