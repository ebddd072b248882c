"""JoinCall: who may join now, and the SFU credentials for it."""

from __future__ import annotations

from harness.local_stream.coordinator.call_creation import get_or_create
from harness.local_stream.coordinator.call_response import call_state
from harness.local_stream.coordinator.calls import Call, Joined
from harness.local_stream.coordinator.capacity import check_place, keep_place
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.pages import LARGEST_PAGE, bounded
from harness.local_stream.coordinator.ring_operations import check_ring, ring_if_asked
from harness.local_stream.coordinator.users import User
from harness.local_stream.coordinator.values import flag, mapping, text
from harness.local_stream.sfu import SfuUser

STATS_OPTIONS = {"reporting_interval_ms": 10_000, "enable_rtc_stats": False}


async def join_call(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Credentials for the SFU; the call is made first when the body says `create`."""
    if not text(ask.body, "location"):
        raise required("location")
    user_id = ask.acting_user_id
    if user_id is None:
        raise required("user_id")
    _check_will_exist(coordinator, ask, user_id)
    limit = bounded(ask.body, "members_limit", LARGEST_PAGE)
    check_ring(coordinator, ask)
    call, created = (
        get_or_create(coordinator, ask) if flag(ask.body, "create") else (coordinator.call(ask.cid), False)
    )
    user, now = coordinator.user(user_id), coordinator.source.now()
    _check_may_join(coordinator, ask, call)
    check_place(call, user, now)
    # A server asks for somebody: with what that user may do, not with its own.
    roles = tuple(ask.caller.roles_in(call.cid))
    capabilities = call.capabilities(user, roles)
    call.joined[user.id] = Joined(roles, capabilities)
    call.base_url = ask.base_url
    keep_place(call, coordinator.sessions.open(call), user, now)
    coordinator.publisher.watch(ask.query.get("connection_id"), user.id, call)
    ring_if_asked(coordinator, ask, call)
    return {
        **call_state(call, capabilities, limit),
        "created": created,
        "credentials": coordinator.media.credentials(
            ask.base_url, call.cid, _sfu_user(user), set(capabilities)
        ),
        "stats_options": STATS_OPTIONS,
    }


def _check_will_exist(coordinator: Coordinator, ask: Ask, user_id: str) -> None:
    """Raises the vendor's 404 for a `user_id` that is nobody, nor the owner of a call that is made here."""
    made = mapping(ask.body, "data") if flag(ask.body, "create") else None
    if ask.caller.server and made and text(made, "created_by_id") == user_id:
        return
    coordinator.user(user_id)


def _check_may_join(coordinator: Coordinator, ask: Ask, call: Call) -> None:
    coordinator.require(ask.caller, call, "join-call")
    if call.ended_at is not None:
        coordinator.require(ask.caller, call, "join-ended-call")
    if call.in_backstage(coordinator.source.now()):
        coordinator.require(ask.caller, call, "join-backstage")


def _sfu_user(user: User) -> SfuUser:
    return SfuUser(
        id=user.id, name=user.name or "", image=user.image or "", role=user.role, custom=user.custom
    )


OPERATIONS = [Operation("JoinCall", "POST", "/call/{type}/{id}/join", join_call)]
