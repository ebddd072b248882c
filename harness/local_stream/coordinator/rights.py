"""What people may do in the calls that they joined: the one place that tells the SFU when it changed."""

from __future__ import annotations

from collections.abc import Collection

from harness.local_stream.coordinator.calls import Call, Joined
from harness.local_stream.coordinator.coordinator import Coordinator


async def renew(coordinator: Coordinator, call: Call, user_ids: Collection[str] | None = None) -> None:
    """Tell the SFU what these users (default: all who joined) may do in `call` now, if it knows otherwise.

    To be called after each change of a role, a membership, the grants of a type or the permissions of a user.
    """
    for user_id in list(call.joined) if user_ids is None else user_ids:
        joined, user = call.joined.get(user_id), coordinator.users.get(user_id)
        if joined is None or user is None:
            continue
        capabilities = call.capabilities_inside(user)
        if capabilities != joined.capabilities:
            call.joined[user_id] = Joined(joined.roles, capabilities)
            await coordinator.media.permit(call.cid, user_id, capabilities)


async def renew_everywhere(coordinator: Coordinator, user_ids: Collection[str]) -> None:
    """The same in every call, after the users themselves changed."""
    for call in list(coordinator.calls):
        await renew(coordinator, call, user_ids)
