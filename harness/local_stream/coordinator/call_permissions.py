"""Permissions of single users in one call: asked for, granted, revoked.

Source: the vendor's client documentation. What may be asked for is `send-audio`, `send-video` and
`screenshare`, each when its settings say `access_request_enabled`; the same three can be granted and revoked.
"""

from __future__ import annotations

from harness.local_stream.coordinator.actors import named_actor, target
from harness.local_stream.coordinator.calls import Call
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error, required
from harness.local_stream.coordinator.grants import shown
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.rights import renew
from harness.local_stream.coordinator.users import user_response
from harness.local_stream.coordinator.values import text_list

# The section of the settings that says whether each may be asked for.
SECTIONS = {"send-audio": "audio", "send-video": "video", "screenshare": "screensharing"}


async def request_permission(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Ask whoever watches the call for `permissions`."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "join-call")
    permissions = _permissions(ask, "permissions")
    if not permissions:
        raise required("permissions")
    for permission in permissions:
        _check_may_be_requested(call, permission)
    user = named_actor(coordinator, ask, "user")
    detail = {"permissions": permissions, "user": user_response(user)}
    coordinator.publisher.publish(call, "call.permission_request", detail, user.id)
    return {}


async def update_user_permissions(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Grant and revoke permissions of `user_id`; what it publishes without one stops at once."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "update-call-permissions")
    user = target(coordinator, ask)
    granted = frozenset(_permissions(ask, "grant_permissions"))
    revoked = frozenset(_permissions(ask, "revoke_permissions"))
    call.granted[user.id] = (call.granted.get(user.id, frozenset()) | granted) - revoked
    call.revoked[user.id] = (call.revoked.get(user.id, frozenset()) - granted) | revoked
    detail = {"user": user_response(user), "own_capabilities": shown(call.capabilities_inside(user))}
    coordinator.publisher.publish(call, "call.permissions_updated", detail, ask.caller.user_id)
    await renew(coordinator, call, [user.id])
    return {}


def _permissions(ask: Ask, field: str) -> list[str]:
    permissions = text_list(ask.body, field) or []
    unknown = [permission for permission in permissions if permission not in SECTIONS]
    if unknown:
        sentence = f"{field} must be of {', '.join(SECTIONS)}, got {', '.join(unknown)}"
        raise input_error(sentence, **{field: sentence})
    return permissions


def _check_may_be_requested(call: Call, permission: str) -> None:
    section = SECTIONS[permission]
    if not call.settings[section]["access_request_enabled"]:
        raise input_error(
            f"permission {permission} can not be requested: {section}.access_request_enabled is false"
        )


OPERATIONS = [
    Operation("RequestPermission", "POST", "/call/{type}/{id}/request_permission", request_permission),
    Operation("UpdateUserPermissions", "POST", "/call/{type}/{id}/user_permissions", update_user_permissions),
]
