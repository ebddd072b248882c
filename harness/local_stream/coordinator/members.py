"""Members of a call: who they are, and how they change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from harness.local_stream.coordinator.actors import check_exist
from harness.local_stream.coordinator.call_response import (
    call_response,
    capabilities_by_role,
    member_response,
)
from harness.local_stream.coordinator.calls import Call, Member
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.member_requests import (
    MemberRequest,
    check_members_exist,
    check_size,
    read_members,
)
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.rights import renew
from harness.local_stream.coordinator.values import text_list


async def update_call_members(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Add or change `update_members`, remove `remove_members`; answers with the former, in their order."""
    call = coordinator.call(ask.cid)
    given = read_members(ask.body, "update_members")
    removed = text_list(ask.body, "remove_members") or []
    if given:
        coordinator.require(ask.caller, call, "update-call-member")
    if any(_changes_role(call, each) for each in given):
        coordinator.require(ask.caller, call, "update-call-member-role")
    if removed:
        coordinator.require(ask.caller, call, "remove-call-member")
    check_size(removed, "remove_members")
    check_members_exist(coordinator, given)
    check_exist(coordinator, removed)
    changed = _change(coordinator, call, given, ask.caller.user_id)
    _remove(coordinator, call, removed, ask.caller.user_id)
    await renew(coordinator, call, [*(member.user.id for member in changed), *removed])
    return {"members": [member_response(member) for member in changed]}


def set_member(coordinator: Coordinator, call: Call, given: MemberRequest, now: datetime) -> Member:
    """Add the member that `given` describes, or change it."""
    user = coordinator.user(given.user_id)
    member = call.members.setdefault(user.id, Member(user, now, now))
    member.updated_at = now
    member.role = given.role or member.role
    member.custom = member.custom if given.custom is None else given.custom
    return member


def _changes_role(call: Call, given: MemberRequest) -> bool:
    """Whether somebody who is a member already would get another role."""
    member = call.members.get(given.user_id)
    return member is not None and given.role not in (None, member.role)


def _change(
    coordinator: Coordinator, call: Call, given: Sequence[MemberRequest], user_id: str | None
) -> list[Member]:
    before = {member.user.id: (member.role, member.custom) for member in call.members.values()}
    now = coordinator.source.now()
    changed = [set_member(coordinator, call, each, now) for each in given]
    added = [member for member in changed if member.user.id not in before]
    others = [member for member in changed if member.user.id in before]
    promoted = [member for member in others if member.role != before[member.user.id][0]]
    _publish(coordinator, call, "call.member_added", added, user_id)
    _publish(coordinator, call, "call.member_updated", others, user_id)
    _publish(coordinator, call, "call.member_updated_permission", promoted, user_id)
    return changed


def _publish(
    coordinator: Coordinator, call: Call, event: str, members: list[Member], user_id: str | None
) -> None:
    if not members:
        return
    detail: dict[str, object] = {
        "call": call_response(call),
        "members": [member_response(member) for member in members],
    }
    if event == "call.member_updated_permission":
        detail["capabilities_by_role"] = capabilities_by_role(call)
    coordinator.publisher.publish(call, event, detail, user_id)


def _remove(coordinator: Coordinator, call: Call, user_ids: list[str], by: str | None) -> None:
    gone = [user_id for user_id in user_ids if call.members.pop(user_id, None)]
    if gone:
        detail = {"call": call_response(call), "members": gone}
        coordinator.publisher.publish(call, "call.member_removed", detail, by, also=gone)


OPERATIONS = [Operation("UpdateCallMembers", "POST", "/call/{type}/{id}/members", update_call_members)]
