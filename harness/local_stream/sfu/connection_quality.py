"""How good a participant's connection is: judged by the packets that are lost on it, either way."""

from __future__ import annotations

from collections.abc import Mapping

from harness.local_stream.sfu.protocol import models

# Of the packets of the worst track, lost since the last report. Repair hides little of the first, none above.
GOOD_FROM, POOR_FROM = 0.02, 0.1


def judged(lost: float) -> int:
    """`models.ConnectionQuality` for a fraction of packets lost."""
    if lost >= POOR_FROM:
        return int(models.CONNECTION_QUALITY_POOR)
    return int(models.CONNECTION_QUALITY_GOOD if lost >= GOOD_FROM else models.CONNECTION_QUALITY_EXCELLENT)


class ConnectionQualities:
    """By session id, as they were last told; who has just come is excellent."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}

    def of(self, session_id: str) -> int:
        return self._told.get(session_id, int(models.CONNECTION_QUALITY_EXCELLENT))

    def judge(self, lost: Mapping[str, float]) -> dict[str, int]:
        """Judge all who are there now: which of them are otherwise than before."""
        now = {session_id: judged(fraction) for session_id, fraction in lost.items()}
        changed = {key: quality for key, quality in now.items() if quality != self.of(key)}
        self._told = now
        return changed
