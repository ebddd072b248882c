"""Users, and the three forms in which the vendor shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from harness.local_stream.coordinator.custom_data import custom_data
from harness.local_stream.coordinator.devices import Device, device_response
from harness.local_stream.coordinator.errors import input_error, required
from harness.local_stream.coordinator.sanctions import Sanction
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.tokens import ANONYMOUS
from harness.local_stream.coordinator.values import flag, mapping, text, text_list

DEFAULT_ROLE = "user"


@dataclass
class User:
    """One user of the app. `connections` counts its open WebSockets."""

    id: str
    created_at: datetime
    updated_at: datetime
    role: str = DEFAULT_ROLE
    name: str | None = None
    image: str | None = None
    language: str = ""
    invisible: bool = False
    teams: list[str] = field(default_factory=list)
    custom: dict[str, object] = field(default_factory=dict)
    teams_role: dict[str, object] | None = None
    privacy_settings: dict[str, object] | None = None
    last_active: datetime | None = None
    deactivated_at: datetime | None = None
    deleted_at: datetime | None = None
    revoke_tokens_issued_before: datetime | None = None
    ban: Sanction | None = None
    devices: dict[str, Device] = field(default_factory=dict)
    blocked: dict[str, datetime] = field(default_factory=dict)
    muted: dict[str, Sanction] = field(default_factory=dict)
    connections: int = 0

    @property
    def online(self) -> bool:
        return self.connections > 0 and not self.invisible


@dataclass(frozen=True)
class UserRequest:
    """What a client says of a user; None in `changes` says nothing."""

    id: str
    changes: dict[str, object] = field(default_factory=dict)


def read_user(given: Mapping[str, object]) -> UserRequest:
    """The vendor's UserRequest out of JSON; raises the vendor's input error."""
    user_id = text(given, "id")
    if not user_id:
        raise required("id")
    changes: dict[str, object] = {name: text(given, name) for name in ("role", "name", "image", "language")}
    changes |= {"invisible": flag(given, "invisible"), "teams": text_list(given, "teams")}
    changes |= {name: mapping(given, name) for name in ("teams_role", "privacy_settings")}
    changes["custom"] = custom_data(given)
    return UserRequest(_valid_id(user_id), changes)


class Users:
    """All users by id."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._users: dict[str, User] = {}
        self._deleted: set[str] = set()

    def __iter__(self) -> Iterator[User]:
        return iter(self._users.values())

    def get(self, user_id: str) -> User | None:
        """The user, or None; the anonymous user always exists."""
        if user_id == ANONYMOUS:
            now = self._source.now()
            return User(ANONYMOUS, now, now, role="anonymous")
        return self._users.get(user_id)

    def missing(self, user_ids: list[str]) -> list[str]:
        """Those of `user_ids` that nobody made, in order."""
        return [user_id for user_id in user_ids if user_id not in self._users]

    def upsert(self, request: UserRequest) -> User:
        """Make or change the user; what the request does not say stays."""
        now = self._source.now()
        user = self._users.get(request.id)
        if user is None:
            user = self._users[request.id] = User(request.id, now, now)
            self._deleted.discard(request.id)
        for name, value in request.changes.items():
            if value is not None and getattr(user, name) != value:
                setattr(user, name, value)
                user.updated_at = now
        return user

    def remove(self, user_id: str) -> None:
        """Forget one user but for its id, under which nobody comes in until a server makes it anew."""
        self._users.pop(user_id, None)
        self._deleted.add(user_id)

    def was_deleted(self, user_id: str) -> bool:
        """Whether such a user was removed, and not made anew."""
        return user_id in self._deleted

    def clear(self) -> None:
        """Forget everybody."""
        self._users.clear()
        self._deleted.clear()


OPTIONAL = (
    *("name", "image", "teams_role", "privacy_settings", "last_active"),
    *("deactivated_at", "deleted_at", "revoke_tokens_issued_before"),
)


def user_response(user: User) -> dict[str, object]:
    """UserResponse: how others see a user."""
    answer: dict[str, object] = {
        "id": user.id,
        "role": user.role,
        "language": user.language,
        "teams": user.teams,
        "blocked_user_ids": [],
        "banned": user.ban is not None and user.ban.in_force,
        "shadow_banned": user.ban is not None and user.ban.in_force and user.ban.shadow,
        "invisible": user.invisible,
        "online": user.online,
        "custom": user.custom,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }
    optional = {name: getattr(user, name) for name in OPTIONAL}
    return answer | {name: value for name, value in optional.items() if value is not None}


def full_user_response(user: User) -> dict[str, object]:
    """FullUserResponse: what servers read. The chat product's counters are 0: there is no chat here."""
    unread = dict.fromkeys(("total_unread_count", "unread_channels", "unread_count", "unread_threads"), 0)
    private = {
        "blocked_user_ids": list(user.blocked),
        "devices": [device_response(device) for device in user.devices.values()],
        "mutes": [],
        "channel_mutes": [],
    }
    return user_response(user) | unread | private


def own_user_response(user: User) -> dict[str, object]:
    """OwnUserResponse: `me` in connection.ok. Nobody is told of a shadow ban of their own."""
    return {name: value for name, value in full_user_response(user).items() if name != "shadow_banned"}


def _valid_id(user_id: str) -> str:
    if len(user_id) > 255:
        raise input_error("id must be a maximum of 255 characters in length")
    if not all(letter.isascii() and (letter.isalnum() or letter in "@_-.") for letter in user_id):
        raise input_error(
            f"user id {user_id!r} is not valid: only letters, digits, @, _, - and . are allowed"
        )
    return user_id
