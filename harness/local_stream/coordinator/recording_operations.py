"""Operations on recordings: by type, and at the older paths, which mean the composite one."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import ApiError, Code, input_error
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.recordings import SECTIONS, recording_response

# What each type of recording is called in capabilities, as in `start-record-call`.
CAPABILITIES = {"composite": "record", "individual": "individual-record", "raw": "raw-record"}


async def start_recording(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Record the session that runs."""
    call, recording_type = coordinator.call(ask.cid), _type(ask)
    coordinator.require(ask.caller, call, f"start-{CAPABILITIES[recording_type]}-call")
    coordinator.recordings.start(call, recording_type, ask.caller.user_id, ask.base_url)
    return {}


async def stop_recording(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """End the recording."""
    call, recording_type = coordinator.call(ask.cid), _type(ask)
    coordinator.require(ask.caller, call, f"stop-{CAPABILITIES[recording_type]}-call")
    coordinator.recordings.stop(call, recording_type, ask.caller.user_id)
    return {}


async def list_recordings(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Recordings that have a file, the newest first: of one session, when the path names it."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "list-recordings")
    session_id = ask.path.get("session")
    found = [each for each in reversed(call.recordings) if session_id in (None, each.session_id)]
    return {"recordings": [recording_response(recording) for recording in found]}


async def delete_recording(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Delete one file."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "delete-recording")
    wanted = (ask.path["session"], ask.path["filename"])
    for recording in call.recordings:
        if recording.file and (recording.session_id, recording.file.name) == wanted:
            coordinator.recordings.delete(call, recording)
            return {}
    raise ApiError(404, Code.NOT_FOUND, "recording doesn't exist")


def _type(ask: Ask) -> str:
    recording_type = ask.path.get("recording_type", "composite")
    if recording_type not in SECTIONS:
        raise input_error(f"recording_type must be one of {', '.join(SECTIONS)}, got {recording_type}")
    return recording_type


OPERATIONS = [
    Operation(
        "StartRecording", "POST", "/call/{type}/{id}/recordings/{recording_type}/start", start_recording
    ),
    Operation("StopRecording", "POST", "/call/{type}/{id}/recordings/{recording_type}/stop", stop_recording),
    Operation("StartRecording", "POST", "/call/{type}/{id}/start_recording", start_recording),
    Operation("StopRecording", "POST", "/call/{type}/{id}/stop_recording", stop_recording),
    Operation("ListRecordings", "GET", "/call/{type}/{id}/recordings", list_recordings),
    Operation("ListRecordings", "GET", "/call/{type}/{id}/{session}/recordings", list_recordings),
    Operation(
        "DeleteRecording", "DELETE", "/call/{type}/{id}/{session}/recordings/{filename}", delete_recording
    ),
]
