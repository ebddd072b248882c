"""What the coordinator may do to people in a room: mute them, and change what they may publish."""

from __future__ import annotations

from collections.abc import Set

from harness.local_stream.sfu.media_rule import KINDS
from harness.local_stream.sfu.participant import Participant
from harness.local_stream.sfu.protocol import events, models
from harness.local_stream.sfu.room import Room


def mute(room: Room, user_ids: Set[str], tracks: Set[str]) -> None:
    """Mute these tracks of these users. Their clients then turn the device off; they may turn it on again."""
    for participant in list(room.participants.values()):
        if participant.user.id in user_ids:
            for name in tracks:
                _unpublish(room, participant, KINDS[name], models.TRACK_UNPUBLISH_REASON_MODERATION)


async def permit(room: Room, user_id: str, capabilities: frozenset[str]) -> None:
    """From now on the user has these capabilities: what they do not allow any more stops."""
    for participant in room.permit(user_id, capabilities):
        participant.send(events.SfuEvent(call_grants_updated=_grants(capabilities)))
        for kind in list(participant.tracks):
            if not participant.may_publish(kind):
                _unpublish(room, participant, kind, models.TRACK_UNPUBLISH_REASON_PERMISSION_REVOKED)
    await room.subscribe(*room.participants.values())


def _unpublish(room: Room, participant: Participant, kind: int, cause: int) -> None:
    track = participant.tracks.get(kind)
    if track is not None and not track.muted:
        room.mute(participant, kind, muted=True)
        participant.send(room.track_event(participant, kind, published=False, cause=cause))


def _grants(capabilities: frozenset[str]) -> events.CallGrantsUpdated:
    return events.CallGrantsUpdated(
        current_grants=models.CallGrants(
            can_publish_audio="send-audio" in capabilities,
            can_publish_video="send-video" in capabilities,
            can_screenshare="screenshare" in capabilities,
        )
    )
