"""How a call comes to be: GetOrCreateCall, and JoinCall with `create`."""

from __future__ import annotations

from harness.local_stream.coordinator import call_settings
from harness.local_stream.coordinator.call_response import call_response, members_response
from harness.local_stream.coordinator.calls import Call
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.custom_data import custom_data
from harness.local_stream.coordinator.errors import input_error, not_allowed
from harness.local_stream.coordinator.member_requests import check_members_exist, read_members
from harness.local_stream.coordinator.members import set_member
from harness.local_stream.coordinator.operations import Ask
from harness.local_stream.coordinator.users import User, read_user
from harness.local_stream.coordinator.values import Json, mapping, moment, text

LONGEST_NAME = 64


def get_or_create(coordinator: Coordinator, ask: Ask) -> tuple[Call, bool]:
    """The call of the path, and whether it was made now, as the body's `data` describes it."""
    found = coordinator.calls.get(ask.cid)
    if found is not None:
        return found, False
    call = _new_call(coordinator, ask, mapping(ask.body, "data") or {})
    coordinator.calls.add(call)
    ask.noted.update(created=True, created_by_id=call.created_by.id)
    coordinator.publisher.watch(ask.query.get("connection_id"), ask.caller.user_id, call)
    detail = {"call": call_response(call), "members": members_response(call)}
    coordinator.publisher.publish(call, "call.created", detail, call.created_by.id)
    return call, True


def _new_call(coordinator: Coordinator, ask: Ask, data: Json) -> Call:
    call_type = coordinator.call_types.get(ask.path["type"])
    if len(ask.path["id"]) > LONGEST_NAME:
        sentence = f"id must be a maximum of {LONGEST_NAME} characters in length"
        raise input_error(sentence, id=sentence)
    if not ask.path["id"].isprintable():
        raise input_error(
            "id must not contain control characters", id="id must not contain control characters"
        )
    members = read_members(data, "members")
    check_members_exist(coordinator, members, maker=text(data, "created_by_id"))
    override = mapping(data, "settings_override") or {}
    settings = call_settings.overridden(call_type.settings, override, "data.settings_override")
    creator = _creator(coordinator, ask, data)
    now = coordinator.source.now()
    call = Call(
        type=call_type,
        id=ask.path["id"],
        created_by=creator,
        created_at=now,
        updated_at=now,
        settings=settings,
        backstage=settings["backstage"]["enabled"],
        custom=custom_data(data) or {},
        team=text(data, "team"),
        starts_at=moment(data, "starts_at"),
    )
    for given in members:
        set_member(coordinator, call, given, now)
    if "create-call" not in coordinator.capabilities(ask.caller, call):
        raise not_allowed(creator.id, creator.role, "CreateCall", f"video:{call_type.name}")
    return call


def _creator(coordinator: Coordinator, ask: Ask, data: Json) -> User:
    if ask.caller.user_id is not None:
        return coordinator.user(ask.caller.user_id)
    if created_by := mapping(data, "created_by"):
        return coordinator.users.upsert(read_user(created_by))
    creator_id = text(data, "created_by_id")
    if not creator_id:
        raise input_error(
            "either data.created_by or data.created_by_id must be provided when using server side auth."
        )
    return coordinator.users.get(creator_id) or coordinator.users.upsert(read_user({"id": creator_id}))
