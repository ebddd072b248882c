"""Operations on users: upsert, change in part, query."""

from __future__ import annotations

from copy import deepcopy

from harness.local_stream.coordinator import filters
from harness.local_stream.coordinator.body import parse_object
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error, not_allowed, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.rights import renew_everywhere
from harness.local_stream.coordinator.users import (
    User,
    UserRequest,
    full_user_response,
    read_user,
    user_response,
)
from harness.local_stream.coordinator.values import Json, flag, mapping, mappings, moment, text, text_list

SCOPE = "video:app"
MOST_AT_ONCE = 100
PAGE = 30
_BOUNDS = ("gt", "gte", "lt", "lte")
# What is no custom field in a partial update.
_OWN = ("role", "name", "image", "language", "invisible", "teams", "custom", "teams_role", "privacy_settings")
_UNSET: dict[str, object] = {
    "name": None,
    "image": None,
    "language": "",
    "teams": [],
    "teams_role": None,
    "custom": {},
}
_REVOKED = "revoke_tokens_issued_before"
_PRIVATE = ("shadow_banned",)


async def update_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Make or change `{users: {id: UserRequest}}`. A user token may change its own user, but no role."""
    users = mapping(ask.body, "users")
    if not users:
        raise required("users")
    if len(users) > MOST_AT_ONCE:
        raise input_error(f"users must contain at maximum {MOST_AT_ONCE} items")
    requests = [_read(coordinator, ask, user_id, given) for user_id, given in users.items()]
    users_now = [_upserted(coordinator, request) for request in requests]
    await renew_everywhere(coordinator, list(users))
    return _changed(ask, users_now)


async def update_users_partial(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Set and unset single fields: `{users: [{id, set, unset}]}`; other names are custom fields."""
    partial = mappings(ask.body, "users")
    if not partial:
        raise required("users")
    read = [_read_partial(coordinator, ask, given) for given in partial]
    for user, request, unset, given in read:
        _upserted(coordinator, request)
        for name in unset:
            _unset(user, name)
        if _REVOKED in given:
            user.revoke_tokens_issued_before = moment(given, _REVOKED)
        user.updated_at = coordinator.source.now()
    await renew_everywhere(coordinator, [user.id for user, *_ in read])
    return _changed(ask, [user for user, *_ in read])


async def query_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Users by filter; the query is JSON in the parameter `payload`."""
    if "payload" not in ask.query:
        raise input_error("invalid json data")
    payload = parse_object(ask.query["payload"])
    listed = [user for user in coordinator.users if _is_listed(user, payload)]
    bounded = _with_bounds(payload)
    found = filters.query(listed, {"limit": PAGE, **bounded}, _fields, loose=True).items
    return {"users": [full_user_response(user) for user in found]}


def announce(coordinator: Coordinator, user: User) -> None:
    """Tell who is concerned that `user` changed: itself, and the other members of its calls."""
    shown = {name: value for name, value in user_response(user).items() if name not in _PRIVATE}
    others = (call.members for call in coordinator.calls if user.id in call.members)
    coordinator.publisher.publish_user(
        "user.updated", shown, [user.id, *(id for each in others for id in each)]
    )


def _upserted(coordinator: Coordinator, request: UserRequest) -> User:
    known = coordinator.users.get(request.id)
    before = known.updated_at if known else None
    user = coordinator.users.upsert(request)
    if before is not None and user.updated_at != before:
        announce(coordinator, user)
    return user


def _changed(ask: Ask, users: list[User]) -> dict[str, object]:
    ask.noted["users"] = [user.id for user in users]
    shown = {user.id: full_user_response(user) for user in users}
    return {"users": shown, "membership_deletion_task_id": ""}


def _read(coordinator: Coordinator, ask: Ask, user_id: str, given: object) -> UserRequest:
    if not isinstance(given, dict):
        raise input_error(f"users.{user_id} must be an object")
    request = read_user({"id": user_id, **given})
    if request.id != user_id:
        raise input_error(f"users.{user_id}.id must be {user_id}")
    _check_own(coordinator, ask, request)
    return request


def _read_partial(
    coordinator: Coordinator, ask: Ask, given: Json
) -> tuple[User, UserRequest, list[str], dict[str, object]]:
    user = coordinator.user(text(given, "id") or "")
    fields = mapping(given, "set") or {}
    own = {name: value for name, value in fields.items() if name in _OWN}
    custom = {name: value for name, value in fields.items() if name not in (*_OWN, _REVOKED)}
    wanted = {**user.custom, **(mapping(own, "custom") or {}), **custom}
    request = read_user({**own, "id": user.id, "custom": wanted})
    moment(fields, _REVOKED)
    _check_own(coordinator, ask, request)
    return user, request, text_list(given, "unset") or [], fields


def _unset(user: User, name: str) -> None:
    if name in _UNSET:
        setattr(user, name, deepcopy(_UNSET[name]))
    else:
        user.custom = {
            key: value for key, value in user.custom.items() if key != name.removeprefix("custom.")
        }


def _check_own(coordinator: Coordinator, ask: Ask, request: UserRequest) -> None:
    if ask.caller.server:
        return
    caller = coordinator.user(ask.caller.user_id or "")
    if request.id != caller.id or request.changes["role"] not in (None, caller.role):
        raise not_allowed(caller.id, caller.role, "UpdateUser", SCOPE)


def _is_listed(user: User, payload: Json) -> bool:
    if user.deleted_at is not None:
        return False
    return user.deactivated_at is None or bool(flag(payload, "include_deactivated_users"))


def _with_bounds(payload: Json) -> dict[str, object]:
    """The query with `id_gt`, `id_gte`, `id_lt` and `id_lte` among its conditions."""
    bounds = {f"${name}": payload[f"id_{name}"] for name in _BOUNDS if payload.get(f"id_{name}") is not None}
    conditions = mapping(payload, "filter_conditions") or {}
    return {**payload, "filter_conditions": {"$and": [conditions, {"id": bounds}]} if bounds else conditions}


def _fields(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "teams": user.teams,
        "banned": user.ban is not None and user.ban.in_force,
        "custom": user.custom,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "last_active": user.last_active,
    }


OPERATIONS = [
    Operation("UpdateUsers", "POST", "/users", update_users, area="common"),
    Operation("UpdateUsersPartial", "PATCH", "/users", update_users_partial, area="common"),
    Operation("QueryUsers", "GET", "/users", query_users, area="common"),
]
