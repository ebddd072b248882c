"""What keeps people apart, app-wide: bans and mutes.

They have no effect on calls. Bans are shown on their user, mutes are not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Sanction:
    """One ban or mute, `by` whom (a user id), until `expires` if ever. `clock` tells the time."""

    by: str
    created_at: datetime
    clock: Callable[[], datetime]
    expires: datetime | None = None
    reason: str = ""
    shadow: bool = False

    @property
    def in_force(self) -> bool:
        return self.expires is None or self.clock() < self.expires
