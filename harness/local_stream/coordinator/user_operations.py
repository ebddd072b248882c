"""Operations on users: upsert, change in part, query."""

from __future__ import annotations

from harness.local_stream.coordinator import filters, partial_user
from harness.local_stream.coordinator.app_settings import REVOKED
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
    """Set and unset single fields: `{users: [{id, set, unset}]}`."""
    partial = mappings(ask.body, "users")
    if not partial:
        raise required("users")
    read = [_read_partial(coordinator, ask, given) for given in partial]
    for user, request, unset, given in read:
        _upserted(coordinator, request)
        for path in unset:
            partial_user.unset(user, path)
        if REVOKED in given:
            user.revoke_tokens_issued_before = moment(given, REVOKED)
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
    found = filters.query(listed, {"limit": PAGE, **bounded}, _FIELDS, loose=True).items
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
) -> tuple[User, UserRequest, list[list[str]], dict[str, object]]:
    user = coordinator.user(text(given, "id") or "")
    fields = mapping(given, "set") or {}
    request = read_user({**partial_user.with_set(user, fields), "id": user.id})
    moment(fields, REVOKED)
    unset = [partial_user.path_of(name) for name in text_list(given, "unset") or []]
    _check_own(coordinator, ask, request)
    if REVOKED in fields or [REVOKED] in unset:
        _check_server(coordinator, ask)
    return user, request, unset, fields


def _check_own(coordinator: Coordinator, ask: Ask, request: UserRequest) -> None:
    if ask.caller.server:
        return
    caller = coordinator.user(ask.caller.user_id or "")
    if request.id != caller.id or request.changes["role"] not in (None, caller.role):
        raise not_allowed(caller.id, caller.role, "UpdateUser", SCOPE)


def _check_server(coordinator: Coordinator, ask: Ask) -> None:
    """A user with a good token may not give back those that were taken from it."""
    if not ask.caller.server:
        caller = coordinator.user(ask.caller.user_id or "")
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


_FIELDS: filters.Readers[User] = {
    "id": lambda user: user.id,
    "name": lambda user: user.name,
    "role": lambda user: user.role,
    "teams": lambda user: user.teams,
    "banned": lambda user: user.ban is not None and user.ban.in_force,
    "custom": lambda user: user.custom,
    "created_at": lambda user: user.created_at,
    "updated_at": lambda user: user.updated_at,
    "last_active": lambda user: user.last_active,
}
OPERATIONS = [
    Operation("UpdateUsers", "POST", "/users", update_users, area="common"),
    Operation("UpdateUsersPartial", "PATCH", "/users", update_users_partial, area="common"),
    Operation("QueryUsers", "GET", "/users", query_users, area="common"),
]
