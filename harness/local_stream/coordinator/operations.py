"""What an operation of the API is, and what it is given: one request, read and authenticated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error
from harness.local_stream.coordinator.tokens import Caller

Access = Literal["token", "server", "public"]
Area = Literal["video", "common"]
DoorName = Literal["client", "server"]
# Digits of a number in a query string.
LONGEST_NUMBER = 9


@dataclass(frozen=True)
class Ask:
    """One request. `noted` goes into the journal beside it."""

    operation: str
    caller: Caller
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, object]
    base_url: str
    noted: dict[str, object] = field(default_factory=dict)

    @property
    def cid(self) -> str:
        """The call that the path names."""
        return f"{self.path['type']}:{self.path['id']}"

    @property
    def acting_user_id(self) -> str | None:
        """Who acts: the token's user; for a server, the `user_id` that it names, if any."""
        given = self.query.get("user_id") if self.caller.user_id is None else self.caller.user_id
        return given or None

    def number(self, name: str) -> int | None:
        """A whole number of the query string, or None when it is not there; raises the input error."""
        given = self.query.get(name)
        if given is None:
            return None
        if not (given.isascii() and given.isdecimal()) or len(given) > LONGEST_NUMBER:
            raise input_error(f"{name} must be a number, got {given[:20]!r}")
        return int(given)


Perform = Callable[[Coordinator, Ask], Awaitable[dict[str, object]]]


@dataclass(frozen=True)
class Operation:
    """One row of the API: `name` is the vendor's operation id, `path` is below the area's base."""

    name: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    perform: Perform
    area: Area = "video"
    access: Access = "token"

    @property
    def success(self) -> int:
        """POST and PUT answer 201, the others 200, as the vendor's API does."""
        return 201 if self.method in ("POST", "PUT") else 200
