"""Pinning a participant for everybody: the SFU tells who is in the call."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.values import text


async def pin(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Pin one session of a user."""
    return _set(coordinator, ask, pinned=True)


async def unpin(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """The reverse."""
    return _set(coordinator, ask, pinned=False)


def _set(coordinator: Coordinator, ask: Ask, *, pinned: bool) -> dict[str, object]:
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "pin-for-everyone")
    user_id, session_id = text(ask.body, "user_id"), text(ask.body, "session_id")
    if not user_id or not session_id:
        raise required("session_id" if user_id else "user_id")
    if not coordinator.media.pin(call.cid, user_id, session_id, pinned=pinned):
        raise input_error(f"no participant of user {user_id} with session id {session_id} is in the call")
    return {}


OPERATIONS = [
    Operation("VideoPin", "POST", "/call/{type}/{id}/pin", pin),
    Operation("VideoUnpin", "POST", "/call/{type}/{id}/unpin", unpin),
]
