"""A change of a user in part: `set` and `unset` name fields, also inside of others (`custom.place.city`).

What is no field of a user is a custom one: `place.city` is `custom.place.city`.
"""

from __future__ import annotations

from harness.local_stream.coordinator.app_settings import REVOKED
from harness.local_stream.coordinator.errors import input_error
from harness.local_stream.coordinator.users import User
from harness.local_stream.coordinator.values import Json, copied, mapping

_SINGLE = ("role", "name", "image", "language", "invisible", "teams", REVOKED)
# Fields that hold others. Those of the first two are set one by one, roles of teams as a whole.
_MERGED = ("custom", "privacy_settings")
_OBJECTS = (*_MERGED, "teams_role")
_EMPTY: dict[str, object] = {
    **dict.fromkeys(("name", "image", "teams_role", "privacy_settings", REVOKED)),
    "language": "",
    "invisible": False,
}


def path_of(name: str) -> list[str]:
    """Where the field that `name` names is in a user; raises the vendor's input error."""
    path = name.split(".")
    if not all(path):
        raise input_error(f"{name!r} names no field")
    if path[0] in _SINGLE and len(path) > 1:
        raise input_error(f"{name} names no field: {path[0]} holds no others")
    return path if path[0] in (*_SINGLE, *_OBJECTS) else ["custom", *path]


def with_set(user: User, given: Json) -> dict[str, object]:
    """The fields that `given` sets, as a UserRequest has them; raises the vendor's input error."""
    wanted: dict[str, object] = {}
    for name, value in given.items():
        outer, *inner = path_of(name)
        if outer in _MERGED and not inner:
            wanted[outer] = _held(user, wanted, outer) | (mapping(given, name) or {})
        elif inner:
            wanted[outer] = _placed(_held(user, wanted, outer), inner, value)
        else:
            wanted[outer] = value
    return wanted


def unset(user: User, path: list[str]) -> None:
    """Take the field at `path` away, if it is there; one that must be stays."""
    outer, *inner = path
    if inner:
        setattr(user, outer, _without(_held(user, {}, outer), inner))
    elif outer in ("custom", "teams"):
        setattr(user, outer, {} if outer == "custom" else [])
    elif outer in _EMPTY:
        setattr(user, outer, _EMPTY[outer])


def _held(user: User, wanted: Json, outer: str) -> dict[str, object]:
    held = mapping(wanted, outer) or getattr(user, outer) or {}
    return copied(dict(held))


def _placed(held: object, path: list[str], value: object) -> dict[str, object]:
    """`held` with `value` at `path`; what is in its way is replaced."""
    inside = dict(held) if isinstance(held, dict) else {}
    first, *rest = path
    inside[first] = _placed(inside.get(first), rest, value) if rest else copied(value)
    return inside


def _without(held: dict[str, object], path: list[str]) -> dict[str, object]:
    first, *rest = path
    inner = held.get(first)
    if not rest:
        held.pop(first, None)
    elif isinstance(inner, dict):
        held[first] = _without(inner, rest)
    return held
