"""Who is in a call, by filter."""

from __future__ import annotations

from harness.local_stream.coordinator import filters
from harness.local_stream.coordinator.call_response import call_state, participant_response
from harness.local_stream.coordinator.calls import Call, Participant
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.operations import Ask, Operation

# The SFU's names of tracks, and those that the vendor's filter has.
TRACKS = {
    "TRACK_TYPE_AUDIO": "audio",
    "TRACK_TYPE_VIDEO": "video",
    "TRACK_TYPE_SCREEN_SHARE": "screenshare",
    "TRACK_TYPE_SCREEN_SHARE_AUDIO": "screenshare_audio",
}


async def query_call_participants(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Participants of the session that runs; `total_participants` counts them all, filtered or not."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "read-call")
    everybody = list(call.session.participants.values()) if call.session else []
    asked = {"filter_conditions": ask.body.get("filter_conditions"), "limit": ask.number("limit")}
    found = filters.query(everybody, asked, _fields(coordinator, call)).items
    return {
        **call_state(call, coordinator.capabilities(ask.caller, call)),
        "participants": [participant_response(participant) for participant in found],
        "total_participants": len(everybody),
    }


def _fields(coordinator: Coordinator, call: Call) -> filters.Readers[Participant]:
    published = {
        each["session_id"]: [TRACKS[track["type"]] for track in each["published"] if not track["muted"]]
        for each in coordinator.media.participants(call.cid)
    }
    return {
        "user_id": lambda participant: participant.user.id,
        "name": lambda participant: participant.user.name,
        "role": lambda participant: participant.user.role,
        "user_session_id": lambda participant: participant.user_session_id,
        "joined_at": lambda participant: participant.joined_at,
        "published_tracks": lambda participant: published.get(participant.user_session_id, []),
    }


OPERATIONS = [
    Operation("QueryCallParticipants", "POST", "/call/{type}/{id}/participants", query_call_participants)
]
