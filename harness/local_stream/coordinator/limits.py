"""Rate-limit headers: how many requests of one operation were made in this minute, of how many allowed.

The limit is shown and counted, not enforced.
"""

from __future__ import annotations

from harness.local_stream.coordinator.source import Source

PER_MINUTE = 10_000
WINDOW = 60


class RateLimits:
    """Counts of the current minute."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._minute = 0
        self._counts: dict[str, int] = {}

    def take(self, operation: str) -> dict[str, str]:
        """Count one request; the headers that its answer carries (`reset` in unix seconds)."""
        minute = int(self._source.seconds() // WINDOW)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        self._counts[operation] = count = self._counts.get(operation, 0) + 1
        return {
            "x-ratelimit-limit": str(PER_MINUTE),
            "x-ratelimit-remaining": str(max(PER_MINUTE - count, 0)),
            "x-ratelimit-reset": str((minute + 1) * WINDOW),
        }

    def left(self, operations: list[str]) -> dict[str, object]:
        """LimitInfoResponse of each of `operations`, or, if there are none, of all that were asked lately."""
        minute = int(self._source.seconds() // WINDOW)
        counts = self._counts if minute == self._minute else {}
        return {
            name: {
                "limit": PER_MINUTE,
                "remaining": max(PER_MINUTE - counts.get(name, 0), 0),
                "reset": (minute + 1) * WINDOW,
            }
            for name in operations or counts
        }
