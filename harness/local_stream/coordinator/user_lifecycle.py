"""Operations that take users away and bring them back: deactivate, delete, restore. For servers alone.

Who is deactivated or deleted is refused at every door, sent away from every call, and its connections are
closed. A user that was deleted for good can be made anew, but only by a server.
"""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.rules import Rule
from harness.local_stream.coordinator.users import User, user_response
from harness.local_stream.coordinator.values import Json, text, text_list

MOST_AT_ONCE = 100
_MODES = ("soft", "pruning", "hard")


async def deactivate_user(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Refuse one user from now on."""
    user = coordinator.user(ask.path["user_id"])
    if user.deactivated_at is not None:
        raise input_error(f'user "{user.id}" is already deactivated')
    await _deactivate(coordinator, user)
    return {"user": user_response(user)}


async def reactivate_user(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Let one user in again, under a new `name` if there is one."""
    user = coordinator.user(ask.path["user_id"])
    if user.deactivated_at is None:
        raise input_error(f'user "{user.id}" is not deactivated')
    user.name = text(ask.body, "name") or user.name
    _reactivate(coordinator, user)
    return {"user": user_response(user)}


async def deactivate_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Refuse several users: a task."""
    users = named_users(coordinator, ask.body)
    for user in users:
        await _deactivate(coordinator, user)
    return task_about(coordinator, users)


async def reactivate_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Let several users in again: a task."""
    users = named_users(coordinator, ask.body)
    for user in users:
        _reactivate(coordinator, user)
    return task_about(coordinator, users)


async def delete_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Delete users: `soft` keeps what they were, `pruning` their id alone, `hard` nothing. A task."""
    users = named_users(coordinator, ask.body)
    mode = text(ask.body, "user") or "soft"
    for place, sentence in Rule(str, one_of=_MODES).faults(mode, "user"):
        raise input_error(sentence, **{place: sentence})
    for user in users:
        await _delete(coordinator, user, mode)
    passed_over = [name for name in ("calls", "conversations", "messages") if ask.body.get(name)]
    if passed_over:
        ask.noted["not_imitated"] = passed_over
    return task_about(coordinator, users)


async def restore_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Bring deleted users back, as far as they were kept."""
    users = named_users(coordinator, ask.body)
    for user in users:
        if user.deleted_at is None:
            raise input_error(f'user "{user.id}" is not deleted, it can\'t be restored')
    for user in users:
        user.deleted_at = None
    return {}


async def _deactivate(coordinator: Coordinator, user: User) -> None:
    user.deactivated_at = user.deactivated_at or coordinator.source.now()
    await _send_away(coordinator, user)


async def _send_away(coordinator: Coordinator, user: User) -> None:
    coordinator.publisher.disconnect_user(user.id)
    for call in [each for each in coordinator.calls if user.id in each.joined]:
        await coordinator.media.remove(call.cid, user.id)


def _reactivate(coordinator: Coordinator, user: User) -> None:
    user.deactivated_at = None
    user.updated_at = coordinator.source.now()


async def _delete(coordinator: Coordinator, user: User, mode: str) -> None:
    user.deleted_at = coordinator.source.now()
    if mode != "soft":
        user.name, user.image, user.custom = None, None, {}
    if mode == "hard":
        coordinator.users.remove(user.id)
    await _send_away(coordinator, user)


def named_users(coordinator: Coordinator, body: Json) -> list[User]:
    """Whom `user_ids` names; raises the vendor's input error."""
    user_ids = text_list(body, "user_ids")
    if not user_ids:
        raise required("user_ids")
    if len(user_ids) > MOST_AT_ONCE:
        raise input_error(f"user_ids must contain at maximum {MOST_AT_ONCE} items")
    missing = coordinator.users.missing(user_ids)
    if missing:
        raise input_error(f"the provided users [{' '.join(missing)}] don't exist")
    return [coordinator.user(user_id) for user_id in dict.fromkeys(user_ids)]


def task_about(coordinator: Coordinator, users: list[User]) -> dict[str, object]:
    """The answer with the id of a task that is done for each of `users`."""
    return {"task_id": coordinator.tasks.done({user.id: {"status": "ok"} for user in users}).id}


OPERATIONS = [
    Operation(
        "DeactivateUser",
        "POST",
        "/users/{user_id}/deactivate",
        deactivate_user,
        area="common",
        access="server",
    ),
    Operation(
        "ReactivateUser",
        "POST",
        "/users/{user_id}/reactivate",
        reactivate_user,
        area="common",
        access="server",
    ),
    Operation(
        "DeactivateUsers", "POST", "/users/deactivate", deactivate_users, area="common", access="server"
    ),
    Operation(
        "ReactivateUsers", "POST", "/users/reactivate", reactivate_users, area="common", access="server"
    ),
    Operation("DeleteUsers", "POST", "/users/delete", delete_users, area="common", access="server"),
    Operation("RestoreUsers", "POST", "/users/restore", restore_users, area="common", access="server"),
]
