"""Events of the app's own, and reactions: sent to whoever watches the call, and not kept."""

from __future__ import annotations

from harness.local_stream.coordinator.actors import named_actor
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.custom_data import custom_data
from harness.local_stream.coordinator.errors import required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.users import user_response
from harness.local_stream.coordinator.values import text


async def send_call_event(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Send `custom` to the call, on behalf of a user."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "send-event")
    user = named_actor(coordinator, ask, "user")
    detail = {"custom": custom_data(ask.body) or {}, "user": user_response(user)}
    coordinator.publisher.publish(call, "custom", detail, user.id)
    return {}


async def send_reaction(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Send a reaction of `type`, say `raised-hand`."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "create-reaction")
    kind = text(ask.body, "type")
    if not kind:
        raise required("type")
    user = named_actor(coordinator, ask, "user")
    reaction: dict[str, object] = {
        "type": kind,
        "user": user_response(user),
        "custom": custom_data(ask.body) or {},
    }
    if emoji := text(ask.body, "emoji_code"):
        reaction["emoji_code"] = emoji
    coordinator.publisher.publish(call, "call.reaction_new", {"reaction": reaction}, user.id)
    return {"reaction": reaction}


OPERATIONS = [
    Operation("SendCallEvent", "POST", "/call/{type}/{id}/event", send_call_event),
    Operation("SendVideoReaction", "POST", "/call/{type}/{id}/reaction", send_reaction),
]
