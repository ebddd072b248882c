"""Operations on users: upsert and query."""

from __future__ import annotations

from harness.local_stream.coordinator import filters
from harness.local_stream.coordinator.body import parse_object
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error, not_allowed, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.users import User, UserRequest, full_user_response, read_user
from harness.local_stream.coordinator.values import mapping

SCOPE = "video:app"


async def update_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Make or change `{users: {id: UserRequest}}`. A user token may change its own user, but no role."""
    users = mapping(ask.body, "users")
    if not users:
        raise required("users")
    requests = [_read(coordinator, ask, user_id, given) for user_id, given in users.items()]
    changed = [coordinator.users.upsert(request) for request in requests]
    ask.noted["users"] = [user.id for user in changed]
    return {
        "users": {user.id: full_user_response(user) for user in changed},
        "membership_deletion_task_id": "",
    }


async def query_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Users by filter; the query is JSON in the parameter `payload`."""
    payload = parse_object(ask.query.get("payload", "{}"))
    found, _ = filters.query(list(coordinator.users), payload, _fields)
    return {"users": [full_user_response(user) for user in found]}


def _read(coordinator: Coordinator, ask: Ask, user_id: str, given: object) -> UserRequest:
    if not isinstance(given, dict):
        raise input_error(f"users.{user_id} must be an object")
    request = read_user({"id": user_id, **given})
    if request.id != user_id:
        raise input_error(f"users.{user_id}.id must be {user_id}")
    if not ask.caller.server:
        _check_own(coordinator.user(ask.caller.user_id or ""), request)
    return request


def _check_own(caller: User, request: UserRequest) -> None:
    if request.id != caller.id or request.changes["role"] not in (None, caller.role):
        raise not_allowed(caller.id, caller.role, "UpdateUser", SCOPE)


def _fields(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "teams": user.teams,
        "custom": user.custom,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "last_active": user.last_active,
    } | {name: value for name, value in user.custom.items() if isinstance(name, str)}


OPERATIONS = [
    Operation("UpdateUsers", "POST", "/users", update_users, area="common"),
    Operation("QueryUsers", "GET", "/users", query_users, area="common"),
]
