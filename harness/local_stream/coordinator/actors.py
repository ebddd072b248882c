"""Who acts on a call, and on whom."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error, required
from harness.local_stream.coordinator.operations import Ask
from harness.local_stream.coordinator.users import User, read_user
from harness.local_stream.coordinator.values import mapping, text


def actor(coordinator: Coordinator, ask: Ask, field: str) -> User | None:
    """The token's user; for a server, whom the body names as `field` or `field_id`, if it names anybody."""
    if ask.caller.user_id is not None:
        return coordinator.user(ask.caller.user_id)
    if given := mapping(ask.body, field):
        return coordinator.users.upsert(read_user(given))
    named = text(ask.body, f"{field}_id")
    return coordinator.user(named) if named else None


def named_actor(coordinator: Coordinator, ask: Ask, field: str) -> User:
    """As `actor`; raises the input error when a server names nobody."""
    found = actor(coordinator, ask, field)
    if found is None:
        raise input_error(f"either {field} or {field}_id must be provided when using server side auth.")
    return found


def target(coordinator: Coordinator, ask: Ask) -> User:
    """Whom the body's `user_id` names; raises the vendor's errors when it is missing or nobody."""
    user_id = text(ask.body, "user_id")
    if not user_id:
        raise required("user_id")
    return coordinator.user(user_id)


def check_exist(coordinator: Coordinator, user_ids: list[str]) -> None:
    """Raises the vendor's input error when one of them is nobody."""
    missing = coordinator.users.missing(user_ids)
    if missing:
        raise input_error(f"the provided users [{' '.join(missing)}] don't exist")
