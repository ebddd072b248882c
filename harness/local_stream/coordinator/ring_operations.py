"""Operations of a ringing call: ring, accept, reject, how it stands; and `ring` and `notify` of others."""

from __future__ import annotations

from harness.local_stream.coordinator.calls import Call, Session
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import ApiError, Code, input_error, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.users import User
from harness.local_stream.coordinator.values import flag, text, text_list


def ring_if_asked(coordinator: Coordinator, ask: Ask, call: Call) -> None:
    """Ring or notify, when GetOrCreateCall, GetCall or JoinCall is asked to do so beside."""
    if _asked(ask, "ring"):
        ask.noted["rings"] = coordinator.ringing.ring(
            call, _caller(coordinator, ask, call), video=_asked(ask, "video")
        )
    if _asked(ask, "notify"):
        coordinator.ringing.notify(call, _caller(coordinator, ask, call))


def check_ring(coordinator: Coordinator, ask: Ask) -> None:
    """Raises the vendor's error for what `ring_if_asked` could not do: before anything was changed."""
    wanted = [_asked(ask, name) for name in ("ring", "notify", "video")]
    if any(wanted) and ask.acting_user_id:
        coordinator.user(ask.acting_user_id)


async def ring_call(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Ring for the members that `members_ids` names, or for all who are not there."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "join-call")
    only = text_list(ask.body, "members_ids") or []
    strangers = [user_id for user_id in only if user_id not in call.members]
    if strangers:
        raise input_error(f"the provided users [{' '.join(strangers)}] are not members of the call")
    caller, video = _caller(coordinator, ask, call), bool(flag(ask.body, "video"))
    return {"members_ids": coordinator.ringing.ring(call, caller, video=video, only=only)}


async def accept_call(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Take a call that rings."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "join-call")
    coordinator.ringing.accept(call, _user(coordinator, ask))
    return {}


async def reject_call(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Do not take a call that rings; `reason` is anybody's word, often busy, cancel, decline or timeout."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "join-call")
    coordinator.ringing.reject(call, _user(coordinator, ask), text(ask.body, "reason"))
    return {}


async def get_call_ring_state(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Who answered and who missed a ring, in the session that is or in that of `call_session_id`."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "read-call")
    session = _session(call, ask.query.get("call_session_id"))
    return {
        "call_cid": call.cid,
        "created_by_user_id": call.created_by.id,
        "call_ended_at": call.ended_at,
        "session_id": session.id,
        "session_started_at": session.started_at,
        "session_ended_at": session.ended_at,
        "accepted_by": dict(session.accepted_by),
        "rejected_by": dict(session.rejected_by),
        "missed_by": dict(session.missed_by),
    }


def _session(call: Call, session_id: str | None) -> Session:
    if not session_id:
        return call.session or Session("")
    if call.session and call.session.id == session_id:
        return call.session
    if session_id in call.past_sessions:
        return call.past_sessions[session_id]
    raise ApiError(404, Code.NOT_FOUND, f"call {call.cid} has no session {session_id}")


def _asked(ask: Ask, name: str) -> bool:
    return flag(ask.body, name) or ask.query.get(name) == "true"


def _user(coordinator: Coordinator, ask: Ask) -> User:
    user_id = ask.acting_user_id
    if user_id is None:
        raise required("user_id")
    return coordinator.user(user_id)


def _caller(coordinator: Coordinator, ask: Ask, call: Call) -> User:
    """Who calls: who asks; when a server asks for nobody, who made the call."""
    return coordinator.user(ask.acting_user_id) if ask.acting_user_id else call.created_by


OPERATIONS = [
    Operation("RingCall", "POST", "/call/{type}/{id}/ring", ring_call),
    Operation("AcceptCall", "POST", "/call/{type}/{id}/accept", accept_call),
    Operation("RejectCall", "POST", "/call/{type}/{id}/reject", reject_call),
    Operation("GetCallRingState", "GET", "/call/{type}/{id}/ring_state", get_call_ring_state),
]
