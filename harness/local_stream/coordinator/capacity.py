"""How many may be in a call at a time: `limits.max_participants`, and who is not counted.

People are counted, not their devices: who is in may join once more. A place is kept for who was let in until
the SFU tells of them, so that two who ask at once do not get the same; who never comes gives it back.
Anonymous people have no name to keep a place for: they count when they are in.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from harness.local_stream.coordinator.calls import MEMBER, Call, Session
from harness.local_stream.coordinator.errors import ApiError, Code
from harness.local_stream.coordinator.tokens import ANONYMOUS
from harness.local_stream.coordinator.users import User

KEPT_FOR = timedelta(seconds=30)


def check_place(call: Call, user: User, now: datetime) -> None:
    """Raises 403 when there is no place for `user`. The client must not ask again and again."""
    most = call.settings["limits"]["max_participants"]
    if not most or _is_exempt(call, user):
        return
    others = _taken(call, now) - {user.id}
    if len(others) >= most:
        detail = f"call {call.cid} is full: it may have {most} participants"
        raise ApiError(403, Code.NOT_ALLOWED, detail, unrecoverable=True)


def keep_place(call: Call, session: Session, user: User, now: datetime) -> None:
    """`user` has a place until it comes, or for a while."""
    if user.id != ANONYMOUS and not _is_exempt(call, user):
        session.places[user.id] = now + KEPT_FOR


def _taken(call: Call, now: datetime) -> set[str]:
    """Who is in, or about to come; anonymous people by their session."""
    if call.session is None:
        return set()
    inside = [each for each in call.session.participants.values() if not _is_exempt(call, each.user)]
    coming = {user_id for user_id, until in call.session.places.items() if until > now}
    return coming | {each.user_session_id if each.user.id == ANONYMOUS else each.user.id for each in inside}


def _is_exempt(call: Call, user: User) -> bool:
    limits, member = call.settings["limits"], call.members.get(user.id)
    if limits["max_participants_exclude_owner"] and user.id == call.created_by.id:
        return True
    roles = {user.role} | ({member.role or MEMBER} if member else set())
    return not roles.isdisjoint(limits["max_participants_exclude_roles"] or [])
