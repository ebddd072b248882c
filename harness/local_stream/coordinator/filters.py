"""The vendor's query language: filter conditions, sorting, and pages.

`{"field": value}` means `$eq`; operators are `$eq $ne $in $nin $gt $gte $lt $lte $exists $contains`, combined
by `$and`, `$or`, `$nor`. A field with a dot (`custom.colour`) looks inside. Times compare as times.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from harness.local_stream.coordinator.encoding import parse_time
from harness.local_stream.coordinator.errors import input_error
from harness.local_stream.coordinator.values import Json, mapping, mappings, text, whole

T = TypeVar("T")
Fields = Mapping[str, object]
PAGE = 25
LARGEST_PAGE = 100


def query(items: Sequence[T], given: Json, fields: Callable[[T], Fields]) -> tuple[list[T], str | None]:
    """The page of `items` that `given` (filter_conditions, sort, limit, next) asks for, and a cursor on."""
    found = [item for item in items if _matches(mapping(given, "filter_conditions") or {}, fields(item))]
    for order in reversed(mappings(given, "sort") or []):
        name = text(order, "field") or ""
        found.sort(key=lambda item: _sort_key(fields(item), name), reverse=order.get("direction", 1) == -1)
    start, size = _offset(text(given, "next")), _size(whole(given, "limit"))
    cursor = _cursor(start + size) if start + size < len(found) else None
    return found[start : start + size], cursor


def _matches(conditions: Json, fields: Fields) -> bool:
    return all(_holds(name, wanted, fields) for name, wanted in conditions.items())


def _holds(name: str, wanted: object, fields: Fields) -> bool:
    if name in _COMBINED:
        if not isinstance(wanted, list) or not all(isinstance(part, dict) for part in wanted):
            raise input_error(f"{name} must be a list of filters")
        return _COMBINED[name](_matches(part, fields) for part in wanted)
    if name.startswith("$"):
        raise input_error(f"operator {name} is not supported here")
    value = _value(fields, name)
    operators = wanted if isinstance(wanted, dict) and wanted else {"$eq": wanted}
    return all(_compare(operator, value, operand) for operator, operand in operators.items())


_COMBINED: dict[str, Callable[[Any], bool]] = {
    "$and": all,
    "$or": any,
    "$nor": lambda parts: not any(parts),
}


def _compare(operator: str, value: object, operand: object) -> bool:
    if operator not in _OPERATORS:
        raise input_error(f"operator {operator} is not supported here")
    if operator in ("$in", "$nin") and not isinstance(operand, list):
        raise input_error(f"{operator} needs a list")
    try:
        return _OPERATORS[operator](value, _like(value, operand))
    except (TypeError, ValueError):
        return False


def _among(value: object, operand: list[object]) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(each in [_like(each, wanted) for wanted in operand] for each in values)


def _equal(value: object, operand: object) -> bool:
    return operand in value if isinstance(value, list) and not isinstance(operand, list) else value == operand


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": _equal,
    "$ne": lambda value, operand: not _equal(value, operand),
    "$in": _among,
    "$nin": lambda value, operand: not _among(value, operand),
    "$gt": lambda value, operand: value > operand,
    "$gte": lambda value, operand: value >= operand,
    "$lt": lambda value, operand: value < operand,
    "$lte": lambda value, operand: value <= operand,
    "$exists": lambda value, operand: (value is not None) == operand,
    "$contains": lambda value, operand: operand in value,
}


def _like(value: object, operand: object) -> object:
    """`operand` as a time when it is compared with one."""
    comparable = isinstance(operand, str | int) and not isinstance(operand, bool)
    return parse_time(operand) if isinstance(value, datetime) and comparable else operand


def _value(fields: Fields, name: str) -> object:
    if name in fields:
        return fields[name]
    outer, _, inner = name.partition(".")
    holder = fields.get(outer)
    if inner and isinstance(holder, dict):
        return holder.get(inner)
    if outer not in fields:
        raise input_error(
            f"field {name} can not be filtered or sorted by: known are {', '.join(sorted(fields))}"
        )
    return None


def _sort_key(fields: Fields, name: str) -> tuple[bool, str, Any]:
    value = _value(fields, name)
    comparable = value if isinstance(value, datetime | str | int | float) else str(value)
    return (value is not None, type(comparable).__name__, comparable)


def _size(limit: int | None) -> int:
    if limit is None or limit == 0:
        return PAGE
    if not 0 < limit <= LARGEST_PAGE:
        raise input_error(f"limit must be between 1 and {LARGEST_PAGE}, got {limit}")
    return limit


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode()


def _offset(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except (ValueError, binascii.Error):
        raise input_error("next is not a cursor of this query") from None
