"""Operations on bans and mutes, app-wide. Calls have blocks and mutes of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from harness.local_stream.coordinator import filters
from harness.local_stream.coordinator.body import parse_object
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.rules import Rule
from harness.local_stream.coordinator.sanctions import Sanction
from harness.local_stream.coordinator.users import User, user_response
from harness.local_stream.coordinator.values import Json, flag, text, text_list, whole


async def ban(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Ban `target_user_id`, for `timeout` minutes if so said. Old SDKs call who bans `user_id`."""
    target = _named(coordinator, text(ask.body, "target_user_id"), "target_user_id")
    by = _named(coordinator, text(ask.body, "banned_by_id") or text(ask.body, "user_id"), "banned_by_id")
    target.ban = _sanction(coordinator, by, ask.body)
    return {}


async def unban(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Lift a ban."""
    _named(coordinator, ask.query.get("target_user_id"), "target_user_id").ban = None
    return {}


async def query_banned_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Bans in force, by filter; the query is JSON in the parameter `payload`."""
    payload = parse_object(ask.query.get("payload", "{}"))
    banned = [user for user in coordinator.users if user.ban and user.ban.in_force]
    found = filters.query(banned, payload, _BAN_FIELDS).items
    return {"bans": [_ban_response(coordinator, user, user.ban) for user in found if user.ban]}


async def mute(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """One user no longer hears of `target_ids`, for `timeout` minutes if so said."""
    user = _muting(coordinator, ask)
    known, missing = _targets(coordinator, ask)
    for target in known:
        user.muted[target.id] = _sanction(coordinator, user, ask.body)
    return {
        "mutes": [_mute_response(user, target) for target in known],
        "non_existing_users": missing,
    }


async def unmute(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Lift mutes."""
    user = _muting(coordinator, ask)
    known, missing = _targets(coordinator, ask)
    for target in known:
        user.muted.pop(target.id, None)
    return {"non_existing_users": missing}


def _sanction(coordinator: Coordinator, by: User, body: Json) -> Sanction:
    minutes, now = whole(body, "timeout"), coordinator.source.now()
    for place, sentence in Rule(int, least=0, most=60 * 24 * 365 * 10).faults(minutes or 0, "timeout"):
        raise input_error(sentence, **{place: sentence})
    return Sanction(
        by=by.id,
        created_at=now,
        clock=coordinator.source.now,
        expires=now + timedelta(minutes=minutes) if minutes else None,
        reason=text(body, "reason") or "",
        shadow=flag(body, "shadow") or False,
    )


def _named(coordinator: Coordinator, user_id: str | None, field: str) -> User:
    if not user_id:
        raise required(field)
    return coordinator.user(user_id)


def _muting(coordinator: Coordinator, ask: Ask) -> User:
    return _named(coordinator, ask.caller.user_id or text(ask.body, "user_id"), "user_id")


def _targets(coordinator: Coordinator, ask: Ask) -> tuple[list[User], list[str]]:
    named = text_list(ask.body, "target_ids")
    if not named:
        raise required("target_ids")
    missing = coordinator.users.missing(named)
    return [coordinator.user(user_id) for user_id in named if user_id not in missing], missing


def _of_ban(name: str) -> Callable[[User], object]:
    return lambda user: getattr(user.ban, name)


_BAN_FIELDS: filters.Readers[User] = {
    "user_id": lambda user: user.id,
    "banned_by_id": _of_ban("by"),
    "created_at": _of_ban("created_at"),
    "reason": _of_ban("reason"),
}


def _ban_response(coordinator: Coordinator, user: User, sanction: Sanction) -> dict[str, object]:
    by = coordinator.users.get(sanction.by)
    return {
        "user": user_response(user),
        "banned_by": user_response(by) if by else None,
        "created_at": sanction.created_at,
        "expires": sanction.expires,
        "reason": sanction.reason,
        "shadow": sanction.shadow,
    }


def _mute_response(user: User, target: User) -> dict[str, object]:
    sanction = user.muted[target.id]
    times: dict[str, datetime | None] = {
        "created_at": sanction.created_at,
        "updated_at": sanction.created_at,
        "expires": sanction.expires,
    }
    return {"user": user_response(user), "target": user_response(target), **times}


# Old SDKs ask at the latter, and unban by DELETE.
BANNED_PATHS = ("/chat/query_banned_users", "/query_banned_users")
OPERATIONS = [
    Operation("Ban", "POST", "/moderation/ban", ban, area="common", access="server"),
    Operation("Unban", "POST", "/moderation/unban", unban, area="common", access="server"),
    Operation("Unban", "DELETE", "/moderation/ban", unban, area="common", access="server"),
    Operation("Mute", "POST", "/moderation/mute", mute, area="common"),
    Operation("Unmute", "POST", "/moderation/unmute", unmute, area="common"),
    *(
        Operation("QueryBannedUsers", "GET", path, query_banned_users, area="common", access="server")
        for path in BANNED_PATHS
    ),
]
