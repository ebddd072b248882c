"""How much the way to one viewer carries, by the loss that the viewer reports.

Layers go down fast and up slowly: a bad second lowers the picture, a long calm raises it, and the calm must
be longer after each raise that came too early. Browsers' own estimates (REMB) are not asked for: measured on
loopback without any loss, Chromium's said 60 to 105 kbit/s while it received 264. Source: RFC 3550, 6.4.1.
"""

from __future__ import annotations

# More loss than repeats mend without the picture suffering.
LOSS = 0.1
BAD_SECONDS = 1.0
CALM_SECONDS = 8.0
LONGEST_CALM_SECONDS = 64.0


class Downlink:
    """`steps`: how many layers lower than asked for the picture should be. Times are monotonic seconds."""

    def __init__(self) -> None:
        self.steps = 0
        self._bad_since: float | None = None
        self._calm_since = 0.0
        self._calm_seconds = CALM_SECONDS
        self._raised: float | None = None

    def note_loss(self, fraction: float, now: float, *, can_sink: bool) -> bool:
        """A report came (one to three a second for video); True when `steps` changed.

        `fraction`: of what was sent since the last report; `can_sink`: there is a lower layer.
        """
        if fraction <= LOSS:
            self._bad_since = None
            return self._rise(now)
        self._bad_since = now if self._bad_since is None else self._bad_since
        self._calm_since = now
        return can_sink and now - self._bad_since >= BAD_SECONDS and self._sink(now)

    def _sink(self, now: float) -> bool:
        self._bad_since = None
        self.steps += 1
        if self._raised is not None and now - self._raised < 2 * self._calm_seconds:
            self._calm_seconds = min(2 * self._calm_seconds, LONGEST_CALM_SECONDS)
        return True

    def _rise(self, now: float) -> bool:
        if not self.steps or now - self._calm_since < self._calm_seconds:
            return False
        self.steps -= 1
        self._raised = self._calm_since = now
        return True
