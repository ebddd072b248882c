"""A device is not there: unplugged before the page asks, or under a page that captures it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from harness.browser.devices import Service
from harness.browser.eventually import eventually
from harness.browser.failures.mechanism import Mechanism, NotProduced, Person
from harness.browser.failures.permission import BOTH, Name
from harness.errors import Finding

if TYPE_CHECKING:
    from harness.browser.devices import Devices

KINDS: dict[Name, str] = {"camera": "videoinput", "microphone": "audioinput"}
SEEN_WITHIN = 20.0


class MissingDevice(Mechanism):
    """The devices `names` are unplugged until it heals."""

    def __init__(self, person: Person, devices: Devices | None, *, names: Iterable[Name] = BOTH) -> None:
        super().__init__(person, devices)
        self._names = tuple(names)

    def arm(self) -> None:
        if "microphone" in self._names:
            self.devices.restart(Service.SOUND, "without devices")
        if "camera" in self._names:
            self.devices.unplug_camera()
        self._await(plugged=False)

    def heal(self) -> None:
        if "microphone" in self._names:
            self.devices.restart(Service.SOUND)
        if "camera" in self._names:
            self.devices.plug_camera()
        self._await(plugged=True)

    def why_not_bitten(self) -> str | None:
        there = [name for name in self._names if KINDS[name] in self.devices.page.look()]
        return f"The {' and the '.join(there)} should be gone, and the browser lists it." if there else None

    def _await(self, *, plugged: bool) -> None:
        def why_not_yet() -> str | None:
            seen = self.devices.page.look()
            wrong = [name for name in self._names if (KINDS[name] in seen) is not plugged]
            return f"The browser lists {seen or 'no device'}, which is wrong for {wrong}." if wrong else None

        try:
            eventually(why_not_yet, within=SEEN_WITHIN)
        except Finding as late:  # of the browser, not of the product
            raise NotProduced(str(late)) from None
