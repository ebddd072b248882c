"""Where every id and every time of the local Stream comes from, so that a seed repeats a run."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Source:
    """Ids and times. With a seed the ids repeat; `offset` moves the clock, in seconds."""

    def __init__(self, seed: int | None = None, offset: float = 0.0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - names things, keeps no secret
        self._seed, self._first_offset = seed, offset
        self._offset = offset
        self._when_moved: list[Callable[[], None]] = []

    @property
    def offset(self) -> float:
        """Seconds by which the clock is ahead of this machine's."""
        return self._offset

    @offset.setter
    def offset(self, seconds: float) -> None:
        self._offset = seconds
        for tell in self._when_moved:
            tell()

    def when_moved(self, tell: Callable[[], None]) -> None:
        """Call `tell` whenever the clock was moved."""
        self._when_moved.append(tell)

    def repeat(self, seed: int | None) -> None:
        """Begin the ids of `seed` anew; without one they never repeat."""
        self._random.seed(seed)

    def reset(self) -> None:
        """Ids and clock as at the start."""
        self.repeat(self._seed)
        self.offset = self._first_offset

    def seconds(self) -> float:
        """Unix time in seconds."""
        return time.time() + self.offset

    def now(self) -> datetime:
        """The time, aware, in UTC, with microseconds."""
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    def new_id(self) -> str:
        """A UUID (version 4 in form)."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
