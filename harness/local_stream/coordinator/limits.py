"""Rate limits: how many requests of one operation each platform made in this minute, of how many allowed.

The vendor counts by operation and platform. Without a limit of its own the local Stream counts and shows, and
refuses nobody.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from harness.local_stream.coordinator.errors import ApiError, Code
from harness.local_stream.coordinator.source import Source

SHOWN_PER_MINUTE = 10_000
WINDOW = 60
TOO_MANY = "Too many requests, check response headers for more information."

Platform = Literal["server_side", "android", "ios", "web", "unity"]
PLATFORMS: tuple[Platform, ...] = ("server_side", "android", "ios", "web", "unity")

# By a word in the name of the SDK.
PLATFORM_OF: dict[str, Platform] = {"unity": "unity", "android": "android", "ios": "ios", "swift": "ios"}


@dataclass(frozen=True)
class Count:
    """One request, counted. Times are unix seconds."""

    limit: int
    remaining: int
    reset: int
    refused: bool = False
    retry_after: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """What the answer carries, an error's too."""
        shown = {name: str(value) for name, value in self.shown().items()}
        headers = {f"x-ratelimit-{name}": value for name, value in shown.items()}
        return headers | ({"retry-after": str(self.retry_after)} if self.refused else {})

    def shown(self) -> dict[str, int]:
        """LimitInfoResponse."""
        return {"limit": self.limit, "remaining": self.remaining, "reset": self.reset}

    def check(self) -> None:
        """Raises the vendor's 429 when this request was one too many."""
        if self.refused:
            raise ApiError(429, Code.RATE_LIMIT, TOO_MANY)


class RateLimits:
    """Counts of the current minute. `per_minute` is for each operation and platform; None is no limit."""

    def __init__(self, source: Source, per_minute: int | None = None) -> None:
        self._source = source
        self._limit = SHOWN_PER_MINUTE if per_minute is None else per_minute
        self._enforced = per_minute is not None
        self._minute = 0
        self._counts: dict[tuple[Platform, str], int] = {}

    def take(self, operation: str, platform: Platform = "web") -> Count:
        """Count one request; a refused one counts too."""
        minute = self._this_minute()
        made = self._counts[platform, operation] = self._counts.get((platform, operation), 0) + 1
        reset = (minute + 1) * WINDOW
        retry_after = max(math.ceil(reset - self._source.seconds()), 1)
        refused = self._enforced and made > self._limit
        return Count(self._limit, max(self._limit - made, 0), reset, refused, retry_after)

    def left(self, operations: list[str], platform: Platform) -> dict[str, object]:
        """LimitInfoResponse of each of `operations`, or, if there are none, of all that were asked lately."""
        reset = (self._this_minute() + 1) * WINDOW
        asked = {operation: made for (of, operation), made in self._counts.items() if of == platform}
        return {
            name: Count(self._limit, max(self._limit - asked.get(name, 0), 0), reset).shown()
            for name in operations or asked
        }

    def clear(self) -> None:
        """Count from nothing."""
        self._counts.clear()

    def _this_minute(self) -> int:
        minute = int(self._source.seconds() // WINDOW)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        return minute


def platform_of(client: str, *, server: bool) -> Platform:
    """Whose SDK asks, by its `X-Stream-Client`."""
    if server:
        return "server_side"
    # What follows the first "|" is about the app and its device: a web page on Android is still of the web.
    words = re.split("[^a-z]+", client.lower().partition("|")[0])
    return next((PLATFORM_OF[word] for word in words if word in PLATFORM_OF), "web")
