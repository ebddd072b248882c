"""Roles of the app: the built-in ones, and those that servers make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from harness.local_stream.coordinator.errors import ApiError, Code, input_error
from harness.local_stream.coordinator.source import Source

BUILT_IN = ("admin", "anonymous", "call_member", "guest", "host", "moderator", "user")
MOST_CUSTOM = 25


@dataclass(frozen=True)
class Role:
    """One role."""

    name: str
    custom: bool
    created_at: datetime


class Roles:
    """All roles by name, oldest first."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._roles: dict[str, Role] = {}
        self.reset()

    def __iter__(self) -> Iterator[Role]:
        return iter(self._roles.values())

    def add(self, name: str) -> Role:
        """A role of a server's own."""
        if name in self._roles:
            raise input_error(f"role {name} already exists")
        if len(self._roles) - len(BUILT_IN) >= MOST_CUSTOM:
            raise input_error(f"there may be at maximum {MOST_CUSTOM} custom roles")
        added = self._roles[name] = Role(name, True, self._source.now())
        return added

    def remove(self, name: str) -> None:
        """Forget a role of a server's own; raises the vendor's 404 when there is none."""
        found = self._roles.get(name)
        if found is None:
            raise ApiError(404, Code.NOT_FOUND, f"role {name} does not exist")
        if not found.custom:
            raise input_error(f"role {name} is built in, it can't be deleted")
        del self._roles[name]

    def reset(self) -> None:
        """The built-in roles alone."""
        now = self._source.now()
        self._roles = {name: Role(name, False, now) for name in BUILT_IN}
