"""Operations on devices, and on push providers, of which there is none."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.devices import Device, device_response
from harness.local_stream.coordinator.errors import ApiError, Code, input_error, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.rules import Rule, Section, check
from harness.local_stream.coordinator.users import User
from harness.local_stream.coordinator.values import flag, mapping, text

_PROVIDERS = ("firebase", "apn", "huawei", "xiaomi")
_DEVICE = Section(
    {
        "id": Rule(str, required=True),
        "push_provider": Rule(str, required=True, one_of=_PROVIDERS),
        "push_provider_name": Rule(str),
        "hardware_id": Rule(str),
        "voip_token": Rule(bool),
    }
)
_EVENTS = (
    "message.new",
    "message.updated",
    "reaction.new",
    "reaction.updated",
    "notification.reminder_due",
)
_PUSH = Section(
    {
        "event_type": Rule(str, one_of=_EVENTS),
        "push_provider_type": Rule(str, one_of=_PROVIDERS),
        "skip_devices": Rule(bool),
    }
)


async def create_device(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Keep a device of the caller, or of the user that a server names. A device has one user: the last."""
    user = _user(coordinator, ask, text(ask.body, "user_id"))
    check(_DEVICE, ask.body, "")
    device = Device(
        id=str(ask.body["id"]),
        user_id=user.id,
        push_provider=str(ask.body["push_provider"]),
        created_at=coordinator.source.now(),
        push_provider_name=text(ask.body, "push_provider_name"),
        hardware_id=text(ask.body, "hardware_id"),
        voip=flag(ask.body, "voip_token"),
    )
    for other in coordinator.users:
        other.devices.pop(device.id, None)
    user.devices[device.id] = device
    return {}


async def list_devices(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """The user's devices."""
    user = _user(coordinator, ask, ask.query.get("user_id"))
    return {"devices": [device_response(device) for device in user.devices.values()]}


async def delete_device(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Forget one device."""
    user, device_id = _user(coordinator, ask, ask.query.get("user_id")), ask.query.get("id")
    if not device_id:
        raise required("id")
    if user.devices.pop(device_id, None) is None:
        raise ApiError(404, Code.NOT_FOUND, f"device {device_id} of user {user.id} does not exist")
    return {}


async def list_push_providers(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """None: nothing can be pushed."""
    del coordinator, ask
    return {"push_providers": []}


async def upsert_push_provider(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Refused: the vendor takes credentials that work, and here none can be seen to."""
    del coordinator
    provider = mapping(ask.body, "push_provider")
    if provider is None:
        raise required("push_provider")
    check(Section({"type": Rule(str, required=True, one_of=_PROVIDERS)}), provider, "push_provider")
    raise input_error(f"{provider['type']} credentials are invalid")


async def check_push(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """What would become of a push to the user: nothing, and why. No template is rendered."""
    check(_PUSH, ask.body, "")
    named = mapping(ask.body, "user") or {}
    user = _user(coordinator, ask, text(ask.body, "user_id") or text(named, "id"))
    skip = flag(ask.body, "skip_devices") or False
    errors = ["no push provider is configured"]
    if not user.devices and not skip:
        errors.append(f"user {user.id} has no devices")
    event_type = text(ask.body, "event_type") or _EVENTS[0]
    return {"event_type": event_type, "skip_devices": skip, "general_errors": errors}


def _user(coordinator: Coordinator, ask: Ask, named: str | None) -> User:
    user_id = ask.caller.user_id or named
    if not user_id:
        raise required("user_id")
    return coordinator.user(user_id)


OPERATIONS = [
    Operation("CheckPush", "POST", "/check_push", check_push, area="common", access="server"),
    Operation("CreateDevice", "POST", "/devices", create_device, area="common"),
    Operation("ListDevices", "GET", "/devices", list_devices, area="common"),
    Operation("DeleteDevice", "DELETE", "/devices", delete_device, area="common"),
    Operation(
        "ListPushProviders", "GET", "/push_providers", list_push_providers, area="common", access="server"
    ),
    Operation(
        "UpsertPushProvider", "POST", "/push_providers", upsert_push_provider, area="common", access="server"
    ),
]
