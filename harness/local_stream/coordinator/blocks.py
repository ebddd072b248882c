"""Blocking, unblocking and kicking: who is sent away from a call, and who may not come back.

A blocked user has no capability in the call, and after `call.blocked_user` hears nothing of it until it is
unblocked. Only joining is named by the vendor; that reading is refused too, and hearing ends, is inferred.
"""

from __future__ import annotations

from harness.local_stream.coordinator.actors import actor, target
from harness.local_stream.coordinator.calls import Call
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.users import User, user_response
from harness.local_stream.coordinator.values import flag


async def block_user(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Send `user_id` away; it may not come back until it is unblocked."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "block-users")
    user = target(coordinator, ask)
    if user.id not in call.blocked_user_ids:
        _tell_blocked(coordinator, call, user, actor(coordinator, ask, "blocked_by"))
        call.blocked_user_ids.append(user.id)
        await coordinator.media.remove(call.cid, user.id)
    return {}


async def unblock_user(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Let `user_id` in again."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "block-users")
    user = target(coordinator, ask)
    if user.id in call.blocked_user_ids:
        call.blocked_user_ids.remove(user.id)
        detail = {"user": user_response(user)}
        coordinator.publisher.publish(call, "call.unblocked_user", detail, ask.caller.user_id)
    return {}


async def kick_user(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Send `user_id` away; with `block`, for longer than this moment."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "kick-user")
    user, kicker = target(coordinator, ask), actor(coordinator, ask, "kicked_by")
    blocks = flag(ask.body, "block") and user.id not in call.blocked_user_ids
    if blocks:
        _tell_blocked(coordinator, call, user, kicker)
    detail = {"user": user_response(user), "kicked_by_user": _shown(kicker)}
    coordinator.publisher.publish(call, "call.kicked_user", detail, ask.caller.user_id)
    if blocks:
        call.blocked_user_ids.append(user.id)
    await coordinator.media.remove(call.cid, user.id)
    return {}


def _tell_blocked(coordinator: Coordinator, call: Call, user: User, blocker: User | None) -> None:
    """The last but `call.kicked_user` that `user` hears of the call, so before it is on the list."""
    detail = {"user": user_response(user), "blocked_by_user": _shown(blocker)}
    coordinator.publisher.publish(call, "call.blocked_user", detail, blocker.id if blocker else None)


def _shown(user: User | None) -> dict[str, object] | None:
    return user_response(user) if user else None


OPERATIONS = [
    Operation("BlockUser", "POST", "/call/{type}/{id}/block", block_user),
    Operation("UnblockUser", "POST", "/call/{type}/{id}/unblock", unblock_user),
    Operation("KickUser", "POST", "/call/{type}/{id}/kick", kick_user),
]
