"""A microphone that is there and does not start: the browser's process for sound ends at each start."""

from __future__ import annotations

from harness.browser.devices import Service
from harness.browser.failures.mechanism import Mechanism

FAILS = "does not start"


class BrokenMicrophone(Mechanism):
    """As when another program holds it alone."""

    _before = 0

    def arm(self) -> None:
        # the list of devices is remembered from now on: it is there, and does not start
        self.devices.page.look()
        self._before = self._failed_starts()
        self.devices.restart(Service.SOUND, FAILS)

    def heal(self) -> None:
        self.devices.restart(Service.SOUND)

    def why_not_bitten(self) -> str | None:
        if self._failed_starts() > self._before:
            return None
        return "The microphone was to fail at its start, and nobody started it."

    def _failed_starts(self) -> int:
        return self.devices.starts(Service.SOUND).count(FAILS)
