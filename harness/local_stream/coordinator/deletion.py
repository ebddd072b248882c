"""Deleting a call. Softly or for good, nothing of it is left here; for good there is a task to ask by."""

from __future__ import annotations

from harness.local_stream.coordinator.call_response import call_response
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.values import flag


async def delete_call(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """End the call for everybody and forget it."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "delete-call")
    hard = flag(ask.body, "hard")
    await coordinator.media.end_call(call.cid, "ended")
    coordinator.sessions.close(call)
    # Nothing is told of a call after its end: first who left, then that there is none any more.
    detail = {"call": call_response(call)}
    coordinator.publisher.publish(call, "call.deleted", detail, ask.caller.user_id)
    coordinator.recordings.forget(call)
    coordinator.calls.remove(call)
    task = coordinator.tasks.done({call.cid: {"status": "ok"}}) if hard else None
    return {"call": call_response(call), "task_id": task.id if task else None}


OPERATIONS = [Operation("DeleteCall", "POST", "/call/{type}/{id}/delete", delete_call)]
