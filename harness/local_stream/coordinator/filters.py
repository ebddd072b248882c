"""The vendor's queries over a list: filter conditions, sorting by several fields, and pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from harness.local_stream.coordinator import conditions
from harness.local_stream.coordinator.conditions import Fields
from harness.local_stream.coordinator.errors import input_error
from harness.local_stream.coordinator.pages import Page, page
from harness.local_stream.coordinator.values import Json, mapping, mappings, text, whole

T = TypeVar("T")
# How to read each field of an item that queries may name.
Readers = Mapping[str, Callable[[T], object]]
MOST_SORTED_BY = 10


def query(
    items: Sequence[T],
    given: Json,
    fields: Readers[T],
    key: Callable[[T], str] | None = None,
    *,
    loose: bool = False,
) -> Page[T]:
    """The page of `items` that `given` (filter_conditions, sort, limit, offset, next, prev) asks for.

    `key` names an item among the others, for cursors; `loose` takes unknown fields for custom ones.
    """
    known = None if loose else fields.keys()
    wanted = mapping(given, "filter_conditions") or {}
    conditions.check(wanted, known)
    orders = _orders(given, known)
    read = [(item, {name: reader(item) for name, reader in fields.items()}) for item in items]
    found = [each for each in read if conditions.matches(wanted, each[1])]
    for name, direction in reversed(orders):
        found.sort(key=lambda each: _sort_key(each[1], name), reverse=direction == -1)
    return page([item for item, _ in found], given, key)


def _orders(given: Json, known: Collection[str] | None) -> list[tuple[str, int]]:
    orders = [(_field(order), _direction(order)) for order in mappings(given, "sort") or []]
    if len(orders) > MOST_SORTED_BY:
        raise input_error(f"sort must contain at maximum {MOST_SORTED_BY} items")
    for name, _ in orders:
        conditions.check_field(name, known)
    return orders


def _field(order: Json) -> str:
    name = text(order, "field")
    if not name:
        raise input_error("sort needs a field")
    return name


def _direction(order: Json) -> int:
    direction = whole(order, "direction")
    if direction not in (None, 1, -1):
        raise input_error(f"direction must be one of [-1 1], got {direction}")
    return direction or 1


def _sort_key(fields: Fields, name: str) -> tuple[bool, str, Any]:
    """Null comes first; values of different types are kept apart."""
    value = conditions.value_of(fields, name)
    if isinstance(value, int | float):
        return (True, "number", value)
    comparable = value if isinstance(value, datetime | str) else str(value)
    return (value is not None, type(comparable).__name__, comparable)
