"""Operations on call types, for servers alone."""

from __future__ import annotations

from harness.local_stream.coordinator import call_settings
from harness.local_stream.coordinator.call_types import CallType
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error, required
from harness.local_stream.coordinator.notifications import NOTIFICATIONS
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.permissions import known
from harness.local_stream.coordinator.rights import renew
from harness.local_stream.coordinator.rules import check
from harness.local_stream.coordinator.values import Json, mapping, text, text_list

LONGEST_NAME = 64


async def create_call_type(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """A new type: as `default`, with the body's settings, grants and notification settings over it."""
    name = _valid_name(text(ask.body, "name"))
    if name in coordinator.call_types:
        raise input_error(f"call type {name} already exists")
    _read(call_settings.DEFAULT, ask.body)
    created = coordinator.call_types.add(name)
    _change(created, ask.body)
    return call_type_response(created)


async def update_call_type(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Change what the body names: fields of settings one by one, grants role by role."""
    changed = coordinator.call_types.get(ask.path["name"])
    _change(changed, ask.body)
    changed.updated_at = coordinator.source.now()
    for call in [each for each in coordinator.calls if each.type is changed]:
        await renew(coordinator, call)
    return call_type_response(changed)


async def get_call_type(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """One type."""
    return call_type_response(coordinator.call_types.get(ask.path["name"]))


async def list_call_types(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """All types by name."""
    del ask
    return {"call_types": {each.name: call_type_response(each) for each in coordinator.call_types}}


async def delete_call_type(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Forget a type. Its calls go on as they are."""
    coordinator.call_types.remove(ask.path["name"])
    return {}


def call_type_response(call_type: CallType) -> dict[str, object]:
    """CallTypeResponse."""
    return {
        "name": call_type.name,
        "created_at": call_type.created_at,
        "updated_at": call_type.updated_at,
        "settings": call_type.settings,
        "grants": call_type.grants,
        "notification_settings": call_type.notifications,
        "external_storage": call_type.external_storage,
    }


def _change(call_type: CallType, body: Json) -> None:
    settings, grants = _read(call_type.settings, body)
    call_type.settings = settings
    call_type.grants = call_type.grants | grants
    call_type.notifications = NOTIFICATIONS.laid_over(
        call_type.notifications, mapping(body, "notification_settings") or {}
    )
    call_type.external_storage = text(body, "external_storage") or call_type.external_storage


def _read(
    settings: call_settings.Settings, body: Json
) -> tuple[call_settings.Settings, dict[str, list[str]]]:
    """The settings and grants that the body asks for; raises the vendor's input error, as for all it says."""
    text(body, "external_storage")
    check(NOTIFICATIONS, mapping(body, "notification_settings") or {}, "notification_settings")
    given = mapping(body, "grants") or {}
    grants = {role: text_list(given, role) for role in given}
    for role, permissions in grants.items():
        for permission in permissions or []:
            if not known(permission):
                raise input_error(f"unknown permission {permission} for role {role}")
    overridden = call_settings.overridden(settings, mapping(body, "settings") or {}, "settings")
    return overridden, {role: listed for role, listed in grants.items() if listed is not None}


def _valid_name(name: str | None) -> str:
    if not name:
        raise required("name")
    if len(name) > LONGEST_NAME:
        sentence = f"name must be a maximum of {LONGEST_NAME} characters in length"
        raise input_error(sentence, name=sentence)
    if not all(letter.isascii() and (letter.isalnum() or letter in "-_!") for letter in name):
        raise input_error(f"name {name!r} is not valid: only letters, digits, -, _ and ! are allowed")
    return name


OPERATIONS = [
    Operation("CreateCallType", "POST", "/calltypes", create_call_type, access="server"),
    Operation("ListCallTypes", "GET", "/calltypes", list_call_types, access="server"),
    Operation("GetCallType", "GET", "/calltypes/{name}", get_call_type, access="server"),
    Operation("UpdateCallType", "PUT", "/calltypes/{name}", update_call_type, access="server"),
    Operation("DeleteCallType", "DELETE", "/calltypes/{name}", delete_call_type, access="server"),
]
