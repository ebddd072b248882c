"""Requests that make no sense: the vendor's request for each operation, field after field wrong."""

from __future__ import annotations

import base64
import dataclasses
import types
import typing
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from itertools import cycle
from typing import Any

import getstream.models

from harness.local_stream.coordinator.operations import Operation

Json = Any
Path = tuple[str | int, ...]
DEEPEST = 4
# Requests that the Python SDK has no class for.
UNMODELLED: dict[str, Json] = {
    "JoinCall": {
        **{"location": "LCL", "create": True, "ring": False, "notify": False, "members_limit": 5},
        **{"data": {"created_by_id": "x", "members": [{"user_id": "x", "role": "host"}], "custom": {"a": 1}}},
    },
    "ReportClientCallEvent": {
        "events": [{"stage": "CoordinatorWS", "event_type": "initiated", "user_id": "x"}]
    },
}
# Cursors are base64 of JSON, which anybody can write.
CURSORS = [
    base64.urlsafe_b64encode(content.encode()).decode()
    for content in (
        *('{"place": Infinity}', '{"place": 1e400, "item": 5}', '{"place": 10, "item": {}, "past": []}'),
        *("[Infinity, null, 0]", "[" * 20_000, '{"place":' * 20_000, '{"place": ' + "9" * 5_000 + "}"),
    )
]
WRONG: list[Json] = [
    *(None, True, 0, -1, 1.5, 1e308, 10**30, "", "text", "\x00", "\ud800", "é" * 300),
    *([], [None], [5], ["text"], [[]], [{}], {}, {"$in": [{}]}, {"a": {"b": [None, {"c": "\ud83d"}]}}),
    *CURSORS[:2],
    *({"$and": 5}, {"user_id": 5}, [{"user_id": []}], {"id": {}}, "2026-13-45T99:00:00Z"),
]


def bodies(operation: Operation) -> Iterator[Json]:
    """Bodies for `operation`: on the surface every field is every wrong thing, further down one or some."""
    model = getattr(getstream.models, f"{operation.name}Request", None)
    good = _good(model, 0) if model else UNMODELLED.get(operation.name, {})
    yield good
    yield from (dict.fromkeys(good, wrong) for wrong in WRONG)
    others = cycle(range(len(WRONG)))
    for path in _paths(good):
        chosen = WRONG if len(path) == 1 else [WRONG[next(others)] for _ in range(3 if len(path) == 2 else 1)]
        yield from (_with(good, path, wrong) for wrong in chosen)


def _good(kind: Json, depth: int) -> Json:
    origin: Json = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _good(next(each for each in arguments if each is not type(None)), depth)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, vars(getstream.models)) if depth < DEEPEST else {}
        return {name: _good(hint, depth + 1) for name, hint in hints.items()}
    if origin is list:
        return [_good(arguments[0], depth)]
    if origin is dict:
        return {"x": _good(arguments[1], depth)}
    plain = {bool: True, int: 5, float: 5.0, str: "x", datetime: "2026-01-01T00:00:00Z"}
    return plain.get(kind, "x")


def _paths(value: Json, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _paths(each, (*path, key))


def _with(good: Json, path: Path, wrong: Json) -> Json:
    changed = inner = deepcopy(good)
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = wrong
    return changed
