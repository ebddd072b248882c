"""Filter conditions, sorting and pages."""

from datetime import UTC, datetime
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


def ids(given: dict[str, Any]) -> str:
    found, _ = query(CALLS, given, lambda call: call)
    return "".join(call["id"] for call in found)


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


def test_pages_follow_each_other_to_the_end() -> None:
    seen, cursor = "", None
    for _ in range(2):
        found, cursor = query(CALLS, {"limit": 2, "next": cursor}, lambda call: call)
        seen += "".join(call["id"] for call in found)
    assert (seen, cursor) == ("abc", None)


@pytest.mark.parametrize(
    "given",
    [
        {"filter_conditions": {"nothing": 1}},
        {"filter_conditions": {"id": {"$near": 1}}},
        {"filter_conditions": {"id": {"$in": "a"}}},
        {"filter_conditions": {"$or": {"id": "a"}}},
        {"filter_conditions": {"$xor": []}},
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
