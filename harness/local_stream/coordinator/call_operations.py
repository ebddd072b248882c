"""Operations on calls: create, read, change, query."""

from __future__ import annotations

from harness.local_stream.coordinator import call_settings, filters
from harness.local_stream.coordinator.call_creation import get_or_create
from harness.local_stream.coordinator.call_response import (
    call_response,
    call_state,
    capabilities_by_role,
    member_response,
)
from harness.local_stream.coordinator.calls import Call, Member
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.custom_data import custom_data
from harness.local_stream.coordinator.errors import required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.pages import LARGEST_PAGE, bounded
from harness.local_stream.coordinator.ring_operations import check_ring, ring_if_asked
from harness.local_stream.coordinator.values import flag, mapping, moment, text


async def get_or_create_call(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """The call, made if need be. Whoever makes it owns it."""
    limit = bounded(ask.body, "members_limit", LARGEST_PAGE)
    check_ring(coordinator, ask)
    call, created = get_or_create(coordinator, ask)
    coordinator.require(ask.caller, call, "read-call")
    ring_if_asked(coordinator, ask, call)
    return _watched_state(coordinator, ask, call, limit) | {"created": created}


async def get_call(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """The call."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "read-call")
    limit = bounded({"members_limit": ask.number("members_limit")}, "members_limit", LARGEST_PAGE)
    ring_if_asked(coordinator, ask, call)
    return _watched_state(coordinator, ask, call, limit)


async def update_call(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Change `custom`, `starts_at` or settings."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "update-call")
    settings = call_settings.overridden(call.settings, mapping(ask.body, "settings_override") or {})
    custom, starts_at = custom_data(ask.body), moment(ask.body, "starts_at")
    if _duration(settings) != _duration(call.settings):
        coordinator.require(ask.caller, call, "change-max-duration")
    call.settings = settings
    coordinator.timers.set(call)
    call.custom = call.custom if custom is None else custom
    call.starts_at = starts_at if "starts_at" in ask.body else call.starts_at
    publish_update(coordinator, call, ask.caller.user_id)
    return call_state(call, coordinator.capabilities(ask.caller, call))


def _duration(settings: call_settings.Settings) -> int:
    return settings["limits"]["max_duration_seconds"] or 0


def publish_update(coordinator: Coordinator, call: Call, user_id: str | None) -> None:
    """Tell everybody that `call` changed."""
    call.updated_at = coordinator.source.now()
    detail = {"call": call_response(call), "capabilities_by_role": capabilities_by_role(call)}
    coordinator.publisher.publish(call, "call.updated", detail, user_id)


async def query_calls(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Calls by filter. A user sees those that it may read; `watch` subscribes to them all."""
    watch, connection_id = flag(ask.body, "watch"), ask.query.get("connection_id")
    if watch:
        coordinator.publisher.check_watches(connection_id, ask.caller.user_id)
    readable = [
        call for call in coordinator.calls if "read-call" in coordinator.capabilities(ask.caller, call)
    ]
    page = filters.query(readable, ask.body, _FIELDS, lambda call: call.cid)
    for call in page.items if watch else []:
        coordinator.publisher.watch(connection_id, ask.caller.user_id, call)
    states = [call_state(call, coordinator.capabilities(ask.caller, call)) for call in page.items]
    return {"calls": states, "next": page.next, "prev": page.prev}


async def query_call_members(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Members of the call that the body's `type` and `id` name, by filter."""
    call_type, call_id = text(ask.body, "type"), text(ask.body, "id")
    if not call_type or not call_id:
        raise required("id" if call_type else "type")
    call = coordinator.call(f"{call_type}:{call_id}")
    coordinator.require(ask.caller, call, "read-call")
    members = call.newest_members()
    page = filters.query(members, ask.body, _MEMBER_FIELDS, lambda member: member.user.id)
    shown = [member_response(member) for member in page.items]
    return {"members": shown, "next": page.next, "prev": page.prev}


def _watched_state(coordinator: Coordinator, ask: Ask, call: Call, limit: int | None) -> dict[str, object]:
    coordinator.publisher.watch(ask.query.get("connection_id"), ask.caller.user_id, call)
    return call_state(call, coordinator.capabilities(ask.caller, call), limit)


def _is_ongoing(call: Call) -> bool:
    return call.session is not None and call.session.started_at is not None


_FIELDS: filters.Readers[Call] = {
    "cid": lambda call: call.cid,
    "type": lambda call: call.type.name,
    "id": lambda call: call.id,
    "team": lambda call: call.team,
    "custom": lambda call: call.custom,
    "created_by_user_id": lambda call: call.created_by.id,
    "created_at": lambda call: call.created_at,
    "updated_at": lambda call: call.updated_at,
    "starts_at": lambda call: call.starts_at,
    "ended_at": lambda call: call.ended_at,
    "backstage": lambda call: call.backstage,
    "members": lambda call: list(call.members),
    "ongoing": _is_ongoing,
}
_MEMBER_FIELDS: filters.Readers[Member] = {
    "user_id": lambda member: member.user.id,
    "role": lambda member: member.role,
    "custom": lambda member: member.custom,
    "created_at": lambda member: member.created_at,
    "updated_at": lambda member: member.updated_at,
}
OPERATIONS = [
    Operation("GetOrCreateCall", "POST", "/call/{type}/{id}", get_or_create_call),
    Operation("GetCall", "GET", "/call/{type}/{id}", get_call),
    Operation("UpdateCall", "PATCH", "/call/{type}/{id}", update_call),
    Operation("QueryCalls", "POST", "/calls", query_calls),
    Operation("QueryCallMembers", "POST", "/call/members", query_call_members),
]
