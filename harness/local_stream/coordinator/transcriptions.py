"""Transcriptions: there are none, and none can be made; the vendor's answers for a call without any.

Whether a session runs is asked first, as the vendor does; after that, starting one is not imitated.
"""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import ApiError, Code, input_error, not_imitated
from harness.local_stream.coordinator.operations import Ask, Operation


async def start_transcription(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Refused: 400 without a session, else 501."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "start-transcription-call")
    if call.session is None or call.session.started_at is None:
        raise input_error("there is no active session")
    raise not_imitated("transcription")


async def stop_transcription(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Refused: nothing is being transcribed."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "stop-transcription-call")
    raise input_error("call is not being transcribed")


async def list_transcriptions(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """None."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "list-transcriptions")
    return {"transcriptions": []}


async def delete_transcription(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Refused: there is none to delete."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "delete-transcription")
    raise ApiError(404, Code.NOT_FOUND, "transcription doesn't exist")


OPERATIONS = [
    Operation("StartTranscription", "POST", "/call/{type}/{id}/start_transcription", start_transcription),
    Operation("StopTranscription", "POST", "/call/{type}/{id}/stop_transcription", stop_transcription),
    Operation("ListTranscriptions", "GET", "/call/{type}/{id}/transcriptions", list_transcriptions),
    Operation(
        "DeleteTranscription",
        "DELETE",
        "/call/{type}/{id}/{session}/transcriptions/{filename}",
        delete_transcription,
    ),
]
