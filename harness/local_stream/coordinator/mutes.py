"""Muting others: the SFU tells their clients, who turn the device off and may turn it on again."""

from __future__ import annotations

from harness.local_stream.coordinator.actors import actor, check_exist
from harness.local_stream.coordinator.calls import Call
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.values import flag, text_list

TRACKS = ("audio", "video", "screenshare", "screenshare_audio")


async def mute_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Mute the named tracks of `user_ids`, or of everybody else. Everybody may mute itself."""
    call = coordinator.call(ask.cid)
    muter = actor(coordinator, ask, "muted_by")
    muter_id = muter.id if muter else ""
    muted = _muted(coordinator, ask, call, muter_id)
    if muted != [ask.caller.user_id]:
        coordinator.require(ask.caller, call, "mute-users")
    coordinator.media.mute(call.cid, set(muted), {name for name in TRACKS if flag(ask.body, name)})
    detail = {"from_user_id": muter_id, "muted_user_ids": muted, "reason": "muted by a moderator"}
    coordinator.publisher.publish(call, "call.user_muted", detail, ask.caller.user_id)
    return {}


def _muted(coordinator: Coordinator, ask: Ask, call: Call, muter_id: str) -> list[str]:
    if flag(ask.body, "mute_all_users"):
        participants = call.session.participants.values() if call.session else ()
        return sorted({each.user.id for each in participants} - {muter_id})
    user_ids = text_list(ask.body, "user_ids")
    if not user_ids:
        raise required("user_ids")
    check_exist(coordinator, user_ids)
    return user_ids


OPERATIONS = [Operation("MuteUsers", "POST", "/call/{type}/{id}/mute_users", mute_users)]
