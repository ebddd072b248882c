"""The vendor's filter conditions.

`{"field": value}` means `$eq`; operators are `$eq $ne $in $nin $gt $gte $lt $lte $exists $contains` and
`$autocomplete`, combined by `$and`, `$or`, `$nor`. A field with dots (`custom.place.city`) looks inside.
Times compare as times, in either encoding; null is also the empty list. A wrong operator and an unknown field
are refused even where nothing is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from harness.local_stream.coordinator.encoding import parse_time
from harness.local_stream.coordinator.errors import input_error
from harness.local_stream.coordinator.values import Json

Fields = Mapping[str, object]
DEEPEST = 20


def check(conditions: Json, known: Collection[str] | None = None, depth: int = 1) -> None:
    """Raises the vendor's input error when `conditions` are none, or of fields that are not `known`.

    None knows all: fields with other names are custom ones.
    """
    if depth > DEEPEST:
        raise input_error(f"filters must not be nested deeper than {DEEPEST}")
    for name, wanted in conditions.items():
        if name in _COMBINED:
            if not isinstance(wanted, list) or not all(isinstance(part, dict) for part in wanted):
                raise input_error(f"{name} must be a list of filters")
            for part in wanted:
                check(part, known, depth + 1)
        elif name.startswith("$"):
            raise input_error(f"operator {name} is not supported here")
        else:
            check_field(name, known)
            for operator, operand in _operators(wanted).items():
                _check_operand(operator, operand)


def check_field(name: str, known: Collection[str] | None) -> None:
    """As `check`, for the name of one field."""
    if known is not None and name not in known and name.split(".")[0] not in known:
        listed = ", ".join(sorted(known))
        raise input_error(f"field {name} can not be filtered or sorted by: known are {listed}")


def matches(conditions: Json, fields: Fields) -> bool:
    """Whether an object with these fields meets checked `conditions`."""
    return all(_holds(name, wanted, fields) for name, wanted in conditions.items())


def value_of(fields: Fields, name: str) -> object:
    """The value of a field, also inside of others; one that is unknown is a custom one."""
    if name in fields:
        return fields[name]
    outer, *inner = name.split(".")
    if outer in fields:
        return _inside(fields[outer], inner)
    return _inside(fields.get("custom"), [outer, *inner])


def _inside(value: object, names: list[str]) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _holds(name: str, wanted: object, fields: Fields) -> bool:
    if name in _COMBINED:
        assert isinstance(wanted, list)
        return _COMBINED[name](matches(part, fields) for part in wanted)
    value = value_of(fields, name)
    return all(_compare(operator, value, operand) for operator, operand in _operators(wanted).items())


def _operators(wanted: object) -> Json:
    return wanted if isinstance(wanted, dict) and wanted else {"$eq": wanted}


_COMBINED: dict[str, Callable[[Any], bool]] = {
    "$and": all,
    "$or": any,
    "$nor": lambda parts: not any(parts),
}


def _check_operand(operator: str, operand: object) -> None:
    if operator not in _OPERATORS:
        raise input_error(f"operator {operator} is not supported here")
    if operator in ("$in", "$nin") and not isinstance(operand, list):
        raise input_error(f"{operator} needs a list")
    if operator == "$exists" and not isinstance(operand, bool):
        raise input_error(f"{operator} needs true or false")
    if operator == "$autocomplete" and not isinstance(operand, str):
        raise input_error(f"{operator} needs a text")


def _compare(operator: str, value: object, operand: object) -> bool:
    try:
        return _OPERATORS[operator](value, operand)
    except (TypeError, ValueError):
        return False


def _equal(value: object, operand: object) -> bool:
    if operand is None:
        return value is None or value == []
    if isinstance(value, list) and not isinstance(operand, list):
        return any(_same(each, operand) for each in value)
    return _same(value, operand)


def _same(value: object, operand: object) -> bool:
    # For Python, true is 1; for JSON it is not.
    return isinstance(value, bool) == isinstance(operand, bool) and value == _like(value, operand)


def _among(value: object, operand: list[object]) -> bool:
    return any(_equal(value, each) for each in operand)


def _order(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(value: object, operand: object) -> bool:
        alike = isinstance(value, bool) == isinstance(operand, bool)
        return alike and holds(value, _like(value, operand))

    return compare


def _starts_a_word(value: object, operand: str) -> bool:
    if not isinstance(value, str):
        return False
    whole, wanted = value.lower(), operand.lower()
    return whole.startswith(wanted) or any(word.startswith(wanted) for word in whole.split())


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": _equal,
    "$ne": lambda value, operand: not _equal(value, operand),
    "$in": _among,
    "$nin": lambda value, operand: not _among(value, operand),
    "$gt": _order(lambda value, operand: value > operand),
    "$gte": _order(lambda value, operand: value >= operand),
    "$lt": _order(lambda value, operand: value < operand),
    "$lte": _order(lambda value, operand: value <= operand),
    "$exists": lambda value, operand: (value is not None) == operand,
    "$contains": lambda value, operand: isinstance(value, list) and _equal(value, operand),
    "$autocomplete": _starts_a_word,
}


def _like(value: object, operand: object) -> object:
    """`operand` as a time when it is compared with one."""
    comparable = isinstance(operand, str | int) and not isinstance(operand, bool)
    return parse_time(operand) if isinstance(value, datetime) and comparable else operand
