"""Outages on demand: what an operator or a broken network does to people in calls."""

from __future__ import annotations

from collections.abc import Callable

from harness.local_stream.sfu.participant import Participant
from harness.local_stream.sfu.protocol import events, models
from harness.local_stream.sfu.rooms import Rooms


def go_away(participant: Participant) -> None:
    """Ask a client to migrate, as an SFU does that sheds its load."""
    event = events.GoAway(reason=models.GO_AWAY_REASON_REBALANCE)
    participant.send(events.SfuEvent(go_away=event))


def cut_signalling(participant: Participant) -> None:
    """Reset the WebSocket, without a close frame; media goes on."""
    if participant.channel:
        participant.channel.abort()


def cut_media(participant: Participant) -> None:
    """Nothing comes through any more, until ICE restarts; the WebSocket stays."""
    participant.cut_media()


ACTIONS: dict[str, Callable[[Participant], None]] = {
    "go_away": go_away,
    "cut_signalling": cut_signalling,
    "cut_media": cut_media,
}


def suffer(rooms: Rooms, action: str, call_cid: str | None, user_id: str | None) -> list[str]:
    """Let `action` (of `ACTIONS`) happen to who matches; their session ids."""
    hit = [
        participant
        for room in rooms.all()
        for participant in room.participants.values()
        if call_cid in (None, room.cid) and user_id in (None, participant.user.id)
    ]
    for participant in hit:
        ACTIONS[action](participant)
    return [participant.session_id for participant in hit]


async def restart(rooms: Rooms) -> list[str]:
    """Forget every call as a crash would, without goodbye; the session ids of who was there."""
    sessions = [session_id for room in rooms.all() for session_id in room.participants]
    await rooms.break_off()
    return sessions
