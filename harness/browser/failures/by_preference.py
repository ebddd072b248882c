"""A failure that a Firefox was started with: it is there from the first page to the last."""

from __future__ import annotations

from harness.browser.failures.mechanism import Mechanism


class ByPreference(Mechanism):
    """What bit is told by the browser's own answer, which is compared to the letter."""

    def arm(self) -> None:
        """It is there already."""

    def heal(self) -> None:
        """No preference of a stock Firefox can be changed from outside while it runs."""

    def why_not_bitten(self) -> str | None:
        asked = self.person.probe.media_requests()
        if any(one.outcome != "given" for one in asked):
            return None
        return "Firefox was started so that its devices fail, and refused nothing."
