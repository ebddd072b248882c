"""Calls as the vendor shows them. Absent optionals are an explicit null."""

from __future__ import annotations

from harness.local_stream.coordinator.calls import Call, Member, Participant, Session
from harness.local_stream.coordinator.grants import shown
from harness.local_stream.coordinator.users import User, user_response

MEMBERS_SHOWN = 100


def call_response(call: Call) -> dict[str, object]:
    """CallResponse."""
    return {
        "cid": call.cid,
        "type": call.type.name,
        "id": call.id,
        "created_by": user_response(call.created_by),
        "created_at": call.created_at,
        "updated_at": call.updated_at,
        "starts_at": call.starts_at,
        "ended_at": call.ended_at,
        "join_ahead_time_seconds": call.join_ahead_seconds,
        "backstage": call.backstage,
        "settings": call.settings,
        "custom": call.custom,
        "team": call.team or "",
        "channel_cid": None,
        "blocked_user_ids": call.blocked_user_ids,
        "current_session_id": call.session.id if call.session else "",
        "session": session_response(call.session) if call.session else None,
        "ingress": {kind: {"address": address} for kind, address in _ingress(call).items()},
        # Nothing is broadcast here: the vendor's shape, all off.
        "egress": {"broadcasting": False, "rtmps": [], "hls": None, **_recordings(call)},
        "recording": "composite" in call.recorders,
        "transcribing": False,
        "translating": False,
        "captioning": False,
        "thumbnails": None,
    }


def _ingress(call: Call) -> dict[str, str]:
    """Addresses in the vendor's form, of a host that nobody can reach: nothing takes streams in here."""
    stream = f"{call.type.name}.{call.id}"
    return {
        "rtmp": f"rtmps://ingress.invalid:443/{stream}",
        "srt": f"srt://ingress.invalid:6000?streamid={stream}&passphrase={{passphrase}}&token={{token}}",
        "whip": f"https://ingress.invalid/whip/{stream}",
    }


def _recordings(call: Call) -> dict[str, dict[str, str] | None]:
    types = ("composite", "frame", "individual", "raw")
    return {f"{each}_recording": {"status": "running"} if each in call.recorders else None for each in types}


def session_response(session: Session) -> dict[str, object]:
    """CallSessionResponse."""
    return {
        "id": session.id,
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "live_started_at": session.live_started_at,
        "live_ended_at": session.live_ended_at,
        "timer_ends_at": session.timer_ends_at,
        "participants": [participant_response(each) for each in session.participants.values()],
        "participants_count_by_role": session.count_by_role(),
        "anonymous_participant_count": session.count_by_role().get("anonymous", 0),
        "accepted_by": dict(session.accepted_by),
        "missed_by": dict(session.missed_by),
        "rejected_by": dict(session.rejected_by),
    }


def participant_response(participant: Participant) -> dict[str, object]:
    """CallParticipantResponse."""
    return {
        "user": user_response(participant.user),
        "user_session_id": participant.user_session_id,
        "role": participant.user.role,
        "joined_at": participant.joined_at,
    }


def member_response(member: Member) -> dict[str, object]:
    """MemberResponse."""
    answer: dict[str, object] = {
        "user_id": member.user.id,
        "user": user_response(member.user),
        "custom": member.custom,
        "created_at": member.created_at,
        "updated_at": member.updated_at,
    }
    return answer | ({"role": member.role} if member.role else {})


def members_response(call: Call, limit: int | None = None) -> list[dict[str, object]]:
    """The call's members, the newest `limit` of them."""
    shown = call.newest_members()[: MEMBERS_SHOWN if limit is None else limit]
    return [member_response(member) for member in shown]


def call_state(call: Call, capabilities: frozenset[str], limit: int | None = None) -> dict[str, object]:
    """CallStateResponseFields: what every answer about one call begins with."""
    return {
        "call": call_response(call),
        "members": members_response(call, limit),
        "own_capabilities": shown(capabilities),
    }


def capabilities_by_role(call: Call) -> dict[str, list[str]]:
    """What each role may do here without owning the call."""
    now = call.created_at
    stranger = {role: User("", now, now, role=role) for role in call.type.grants}
    return {role: shown(call.capabilities(user)) for role, user in stranger.items()}
