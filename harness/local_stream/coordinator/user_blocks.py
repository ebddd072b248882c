"""Operations on a user's own list of blocked users. It is kept and shown; calls know blocks of their own."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.users import User, user_response
from harness.local_stream.coordinator.values import text


async def block_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Put one user on the list."""
    user, other = _both(coordinator, ask)
    if user is other:
        raise input_error("user can't block themselves")
    blocked_at = user.blocked.setdefault(other.id, coordinator.source.now())
    return {"blocked_by_user_id": user.id, "blocked_user_id": other.id, "created_at": blocked_at}


async def unblock_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Take one user off the list."""
    user, other = _both(coordinator, ask)
    user.blocked.pop(other.id, None)
    return {}


async def get_blocked_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """The list."""
    user = _user(coordinator, ask, ask.query.get("user_id"))
    return {"blocks": [_block(coordinator, user, other) for other in user.blocked]}


def _block(coordinator: Coordinator, user: User, other: str) -> dict[str, object]:
    return {
        "user_id": user.id,
        "user": user_response(user),
        "blocked_user_id": other,
        "blocked_user": user_response(coordinator.user(other)),
        "created_at": user.blocked[other],
    }


def _both(coordinator: Coordinator, ask: Ask) -> tuple[User, User]:
    user = _user(coordinator, ask, text(ask.body, "user_id"))
    blocked = text(ask.body, "blocked_user_id")
    if not blocked:
        raise required("blocked_user_id")
    return user, coordinator.user(blocked)


def _user(coordinator: Coordinator, ask: Ask, named: str | None) -> User:
    user_id = ask.caller.user_id or named
    if not user_id:
        raise required("user_id")
    return coordinator.user(user_id)


OPERATIONS = [
    Operation("BlockUsers", "POST", "/users/block", block_users, area="common"),
    Operation("UnblockUsers", "POST", "/users/unblock", unblock_users, area="common"),
    Operation("GetBlockedUsers", "GET", "/users/block", get_blocked_users, area="common"),
]
