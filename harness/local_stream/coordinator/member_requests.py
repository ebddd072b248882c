"""The vendor's MemberRequest: read to its last field before the first member changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.local_stream.coordinator.actors import check_exist
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.custom_data import custom_data
from harness.local_stream.coordinator.errors import input_error, required
from harness.local_stream.coordinator.values import Json, mappings, text

MOST = 100


@dataclass(frozen=True)
class MemberRequest:
    """Who is to be a member; `role` and `custom` are None when they are to stay as they are."""

    user_id: str
    role: str | None
    custom: dict[str, object] | None


def read_members(given: Json, field: str) -> list[MemberRequest]:
    """The requests in `field`; raises the vendor's input error for a wrong one or too many."""
    members = mappings(given, field) or []
    check_size(members, field)
    return [_read(member) for member in members]


def check_size(members: Sequence[object], field: str) -> None:
    """Raises the vendor's input error for more than it takes at once."""
    if len(members) > MOST:
        sentence = f"{field} must contain at maximum {MOST} items"
        raise input_error(sentence, **{field: sentence})


def check_members_exist(
    coordinator: Coordinator, members: Sequence[MemberRequest], maker: str | None = None
) -> None:
    """Raises the vendor's input error when one is nobody.

    `maker` makes the call, and may be a user that comes to be with it.
    """
    check_exist(coordinator, [member.user_id for member in members if member.user_id != maker])


def _read(given: Json) -> MemberRequest:
    user_id = text(given, "user_id")
    if not user_id:
        raise required("user_id")
    return MemberRequest(user_id, text(given, "role") or None, custom_data(given))
