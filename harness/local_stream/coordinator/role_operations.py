"""Operations on roles and permissions, for servers alone."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import ApiError, Code, input_error
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.permissions import OWNER, PERMISSIONS, action
from harness.local_stream.coordinator.roles import Role
from harness.local_stream.coordinator.rules import Rule, Section, check

LONGEST_NAME = 64
APP_SCOPE = ".app"


async def create_role(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """A role of a server's own, without grants yet."""
    check(Section({"name": Rule(str, required=True)}), ask.body, "")
    name = str(ask.body["name"])
    if len(name) > LONGEST_NAME:
        sentence = f"name must be a maximum of {LONGEST_NAME} characters in length"
        raise input_error(sentence, name=sentence)
    return {"role": _role_response(coordinator, coordinator.roles.add(name))}


async def list_roles(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """All roles."""
    del ask
    return {"roles": [_role_response(coordinator, role) for role in coordinator.roles]}


async def delete_role(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Forget a role that nothing is granted to any more."""
    name = ask.path["name"]
    scopes = _scopes(coordinator, name)
    if scopes:
        raise input_error(f"role {name} can't be deleted: it has grants in {', '.join(scopes)}")
    coordinator.roles.remove(name)
    return {}


async def list_permissions(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Every permission that grants may name."""
    del coordinator, ask
    plain = sorted(PERMISSIONS)
    return {"permissions": [_permission(each) for name in plain for each in (name, name + OWNER)]}


async def get_permission(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """One permission."""
    del coordinator
    permission_id = ask.path["id"]
    if permission_id.removesuffix(OWNER) not in PERMISSIONS:
        raise ApiError(404, Code.NOT_FOUND, f"permission {permission_id} does not exist")
    return {"permission": _permission(permission_id)}


def _role_response(coordinator: Coordinator, role: Role) -> dict[str, object]:
    return {
        "name": role.name,
        "custom": role.custom,
        "created_at": role.created_at,
        "updated_at": role.created_at,
        "scopes": _scopes(coordinator, role.name),
    }


def _scopes(coordinator: Coordinator, name: str) -> list[str]:
    app = [APP_SCOPE] if coordinator.app.settings["grants"].get(name) else []
    return app + [f"video:{each.name}" for each in coordinator.call_types if each.grants.get(name)]


def _permission(permission_id: str) -> dict[str, object]:
    name, owner = permission_id.removesuffix(OWNER), permission_id.endswith(OWNER)
    words = name.replace("-", " ").capitalize()
    return {
        "id": permission_id,
        "name": f"{words} (owner)" if owner else words,
        "description": f"Allows {action(name)}{' in calls of ones own' if owner else ''}",
        "action": action(name),
        "level": "channel",
        "owner": owner,
        "owner_resource": "Call",
        "same_team": False,
        "custom": False,
        "tags": [],
    }


OPERATIONS = [
    Operation("CreateRole", "POST", "/roles", create_role, area="common", access="server"),
    Operation("ListRoles", "GET", "/roles", list_roles, area="common", access="server"),
    Operation("DeleteRole", "DELETE", "/roles/{name}", delete_role, area="common", access="server"),
    Operation("ListPermissions", "GET", "/permissions", list_permissions, area="common", access="server"),
    Operation("GetPermission", "GET", "/permissions/{id}", get_permission, area="common", access="server"),
]
