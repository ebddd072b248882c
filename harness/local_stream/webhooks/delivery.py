"""One event on its way to one receiver, and how often that may be tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from harness.local_stream.webhooks.hook import Hook

State = Literal["waiting", "delivered", "failed", "overflowed"]
Failure = Literal["timeout", "network error"]

# The vendor's: so many attempts after 408, 429, 5xx or a timeout, fewer after a network error, one otherwise.
MOST_ATTEMPTS = 3
MOST_AFTER_NETWORK_ERROR = 2
REQUEST_TIMEOUT, TOO_MANY_REQUESTS, SERVER_ERROR = 408, 429, 500


@dataclass(frozen=True)
class Attempt:
    """One request: the receiver's status, or why there was none."""

    time: float
    status: int | None = None
    error: Failure | None = None

    @property
    def good(self) -> bool:
        """Any 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def allowed(self) -> int:
        """How many attempts there may be in all, after this one."""
        if self.error == "network error":
            return MOST_AFTER_NETWORK_ERROR
        again = self.status is None or self.status in (REQUEST_TIMEOUT, TOO_MANY_REQUESTS)
        return MOST_ATTEMPTS if again or (self.status or 0) >= SERVER_ERROR else 1


@dataclass
class Delivery:
    """`body` is JSON as it was when the event happened; `id` stays the same for every attempt."""

    id: str
    event: str
    call_cid: str
    hook: Hook
    body: bytes
    attempts: list[Attempt] = field(default_factory=list)
    state: State = "waiting"

    @property
    def line(self) -> tuple[str, str]:
        """Deliveries of one line go one after the other."""
        return (self.hook.url, self.call_cid)

    def shown(self) -> dict[str, object]:
        """As the control API lists it."""
        return {
            "id": self.id,
            "event": self.event,
            "call_cid": self.call_cid,
            "url": self.hook.shown,
            "state": self.state,
            "attempts": [vars(attempt) for attempt in self.attempts],
        }
