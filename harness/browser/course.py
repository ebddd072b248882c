"""What was seen while one waited, from first to last: the last alone may not be what went wrong."""

from __future__ import annotations

import re

MOST = 4  # kinds that are told: the newest


class Course:
    """The reasons why not yet, as they came. Of one kind are those that begin alike, up to their figures."""

    def __init__(self) -> None:
        self._kinds: list[tuple[str, float]] = []  # and when each began, in seconds of any clock
        self._last = 0.0

    def note(self, reason: str, t: float) -> None:
        kind = re.split(r"[:(]", reason, maxsplit=1)[0].strip()
        if not self._kinds or self._kinds[-1][0] != kind:
            self._kinds.append((kind, t))
        self._last = t

    @property
    def told(self) -> str:
        """A sentence with a blank before it; empty where it was the same all the time."""
        if len(self._kinds) < 2:
            return ""
        ends = [began for _, began in self._kinds[1:]] + [self._last]
        lasted = [
            f"{kind}, {end - began:.1f} s" for (kind, began), end in zip(self._kinds, ends, strict=True)
        ]
        return f" One after another: {'; '.join(lasted[-MOST:])}."
