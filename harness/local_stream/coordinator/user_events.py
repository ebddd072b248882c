"""Events of the app's own to one user, whatever calls they are in."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.values import mapping, text


async def send_user_custom_event(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Send `{event: {type, custom}}` to every connection of the user."""
    event = mapping(ask.body, "event")
    if event is None:
        raise required("event")
    user, kind = coordinator.user(ask.path["user_id"]), text(event, "type")
    if not kind:
        raise required("event.type")
    coordinator.publisher.publish_custom(kind, mapping(event, "custom") or {}, user.id)
    return {}


# Old server SDKs know the second path alone.
PATHS = ("/chat/users/{user_id}/event", "/users/{user_id}/event")
OPERATIONS = [
    Operation("SendUserCustomEvent", "POST", path, send_user_custom_event, area="common", access="server")
    for path in PATHS
]
