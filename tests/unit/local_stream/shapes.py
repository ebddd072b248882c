"""An answer, strictly compared with the vendor's model of it: every field, every type, nothing unknown."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

import getstream.models
from getstream.models import OwnCapability

# Types and JSON are data here: what they are is only known when they are looked at.
Kind = Any
Json = Any
Times = Literal["nanoseconds", "iso"]
CAPABILITIES = {value for name, value in vars(OwnCapability).items() if not name.startswith("_")}


def faults(value: object, model: Kind, times: Times, *, also: frozenset[str] = frozenset()) -> list[str]:
    """What in `value` is not as `model` says. `also` names top-level fields that other SDKs alone know."""
    if isinstance(value, dict):
        value = {name: each for name, each in value.items() if name not in also}
    return list(_faults(value, model, times, model.__name__))


def _faults(value: Json, kind: Kind, times: Times, path: str) -> Iterator[str]:
    origin: Kind = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is not None or type(None) not in arguments:
            (real,) = [each for each in arguments if each is not type(None)]
            yield from _faults(value, real, times, path)
    elif kind is datetime:
        yield from _time_faults(value, times, path)
    elif kind is OwnCapability:
        if value not in CAPABILITIES:
            yield f"{path}: {value!r} is no capability"
    elif dataclasses.is_dataclass(kind):
        yield from _object_faults(value, kind, times, path)
    elif origin in (list, dict):
        yield from _collection_faults(value, origin, arguments[-1], times, path)
    elif kind not in (Any, object) and type(value) is not kind and not (kind is float and type(value) is int):
        yield f"{path}: expected {kind.__name__}, got {value!r}"


def _time_faults(value: object, times: Times, path: str) -> Iterator[str]:
    if times == "nanoseconds":
        # Later than 2001 in nanoseconds: seconds or milliseconds would be far below. 0 is never.
        if type(value) is not int or 0 < value < 10**18:
            yield f"{path}: expected unix nanoseconds, got {value!r}"
    elif not (isinstance(value, str) and value.endswith("Z") and datetime.fromisoformat(value)):
        yield f"{path}: expected an ISO 8601 time in UTC, got {value!r}"


def _object_faults(value: object, kind: Kind, times: Times, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: expected {kind.__name__}, got {value!r}"
        return
    hints = typing.get_type_hints(kind, vars(getstream.models))
    fields = {_name(field): field for field in dataclasses.fields(kind)}
    yield from (f"{path}.{name}: unknown" for name in value.keys() - fields.keys())
    for name, field in fields.items():
        if name in value:
            yield from _faults(value[name], hints[field.name], times, f"{path}.{name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            yield f"{path}.{name}: missing"


def _collection_faults(value: Json, origin: Kind, inner: Kind, times: Times, path: str) -> Iterator[str]:
    if type(value) is not origin:
        yield f"{path}: expected {origin.__name__}, got {value!r}"
        return
    items = value.items() if origin is dict else enumerate(value)
    for key, each in items:
        yield from _faults(each, inner, times, f"{path}[{key}]")


def _name(field: dataclasses.Field[Json]) -> str:
    letter_case = field.metadata.get("dataclasses_json", {}).get("letter_case")
    return str(letter_case(field.name)) if letter_case else str(field.name)
