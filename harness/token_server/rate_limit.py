"""How often one user may ask."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from harness.token_server.refusal import Refusal

MOST_USERS = 10_000  # remembered at once; beyond them, who has not asked for longest is forgotten


@dataclass
class _Bucket:
    left: float
    at: float  # seconds, when `left` was true


class RateLimit:
    """A token bucket for each user: `per_minute` requests at once, and as many a minute; 0 is no limit.

    It is kept in the memory of this process: of several processes, each counts for itself.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._per_second, self._clock = per_minute, per_minute / 60, clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        """How many users it remembers."""
        return len(self._buckets)

    def count(self, user_id: str) -> None:
        """Count a request of a user whose session is verified; raises Refusal 429 when it is one too many."""
        if not self._burst:
            return
        bucket = self._filled(user_id)
        if bucket.left < 1:
            wait = math.ceil((1 - bucket.left) / self._per_second)
            raise Refusal(429, "Too many requests", retry_after=wait)
        bucket.left -= 1

    def _filled(self, user_id: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(user_id, _Bucket(self._burst, now))
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._per_second)
        bucket.at = now
        self._buckets.move_to_end(user_id)
        if len(self._buckets) > MOST_USERS:
            self._buckets.popitem(last=False)
        return bucket
