"""Operations that begin and end a broadcast: go live, stop, end."""

from __future__ import annotations

from collections.abc import Callable

from harness.local_stream.coordinator.call_operations import publish_update
from harness.local_stream.coordinator.call_response import call_response
from harness.local_stream.coordinator.calls import Call
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.values import flag
from harness.local_stream.sfu import SfuUser

# Flags of GoLive and StopLive, after `start_` and `continue_`, and the type of recording that each is about.
RECORDINGS = {
    "recording": "composite",
    "composite_recording": "composite",
    "individual_recording": "individual",
    "raw_recording": "raw",
}


async def go_live(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Open the call to everybody; not when it has ended, for that is for good."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "update-call")
    if call.ended_at is not None:
        raise input_error("call has ended")
    wanted = _recordings_to_start(coordinator, ask, call)
    if call.backstage:
        call.backstage = False
        call.updated_at = coordinator.source.now()
        if call.session:
            call.session.live_started_at, call.session.live_ended_at = call.updated_at, None
        coordinator.publisher.publish(
            call, "call.live_started", {"call": call_response(call)}, ask.caller.user_id
        )
        coordinator.recordings.start_automatic(call)
    for recording_type in sorted(wanted - set(call.recorders)):
        coordinator.recordings.start(call, recording_type, ask.caller.user_id, ask.base_url)
    return {"call": call_response(call)}


async def stop_live(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Back to backstage: those who may not be there are sent away."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "update-call")
    to_stop = set(RECORDINGS.values()) - _flagged(ask, "continue")
    if not call.backstage:
        call.backstage = True
        if call.session:
            call.session.live_ended_at = coordinator.source.now()
        for recording_type in sorted(to_stop & set(call.recorders)):
            coordinator.recordings.stop(call, recording_type, ask.caller.user_id)
        publish_update(coordinator, call, ask.caller.user_id)
        await coordinator.media.end_call(call.cid, "live_ended", keep=_may_join_backstage(coordinator, call))
    return {"call": call_response(call)}


async def end_call(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """End the call for everybody, for good."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "end-call")
    await coordinator.end(call, coordinator.user(ask.caller.user_id) if ask.caller.user_id else None)
    return {}


def _recordings_to_start(coordinator: Coordinator, ask: Ask, call: Call) -> set[str]:
    """What the flags ask for. Without a session nothing can be recorded: then the journal says so.

    Raises the vendor's input error for what the settings do not allow.
    """
    wanted = _flagged(ask, "start") - set(call.recorders)
    if wanted and (call.session is None or call.session.started_at is None):
        ask.noted["not_recorded"] = sorted(wanted)
        return set()
    for recording_type in sorted(wanted):
        coordinator.recordings.check_enabled(call, recording_type)
    return wanted


def _flagged(ask: Ask, verb: str) -> set[str]:
    return {kind for name, kind in RECORDINGS.items() if flag(ask.body, f"{verb}_{name}")}


def _may_join_backstage(coordinator: Coordinator, call: Call) -> Callable[[SfuUser], bool]:
    def may(user: SfuUser) -> bool:
        known = coordinator.users.get(user.id)
        return known is not None and "join-backstage" in call.capabilities_inside(known)

    return may


OPERATIONS = [
    Operation("GoLive", "POST", "/call/{type}/{id}/go_live", go_live),
    Operation("StopLive", "POST", "/call/{type}/{id}/stop_live", stop_live),
    Operation("EndCall", "POST", "/call/{type}/{id}/mark_ended", end_call),
]
