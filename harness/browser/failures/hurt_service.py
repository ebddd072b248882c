"""The browser's process for a device dies or hangs under a page that captures it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.browser.devices import Service
from harness.browser.failures.mechanism import Mechanism, NotProduced, Person
from harness.browser.failures.permission import BOTH, STATE, set_permissions

if TYPE_CHECKING:
    from harness.browser.devices import Devices


class DeadService(Mechanism):
    """As when a driver crashes; the browser starts the process anew when it is needed."""

    _killed: tuple[int, ...] = ()

    def __init__(self, person: Person, devices: Devices | None, *, service: Service) -> None:
        super().__init__(person, devices)
        self._service = service

    def arm(self) -> None:
        self._killed = tuple(self.devices.kill(self._service))

    def heal(self) -> None:
        """Nothing to do: the next start is a fresh one."""

    def why_not_bitten(self) -> str | None:
        return None if self._killed else f"No process for {self._service} was running, so none could die."


class FrozenService(Mechanism):
    """As when a driver hangs: tracks stay live and bring nothing, and who asks anew waits."""

    def __init__(self, person: Person, devices: Devices | None, *, services: tuple[Service, ...]) -> None:
        super().__init__(person, devices)
        self._services = services

    def arm(self) -> None:
        frozen = self.devices.freeze(*self._services)
        for service in self._services:
            if service not in frozen:
                raise NotProduced(f"No process for {service} is running, so none can hang.")

    def heal(self) -> None:
        for service in self._services:
            self.devices.thaw(service)

    def why_not_bitten(self) -> str | None:
        running = [service for service in self._services if not self.devices.is_frozen(service)]
        return f"The process for {' and '.join(running)} runs on." if running else None


class HeldPrompt(FrozenService):
    """As a prompt that nobody answers: nothing is granted, and a request waits before that is decided."""

    def arm(self) -> None:
        set_permissions(self.person, dict.fromkeys(BOTH, "prompt"))
        super().arm()

    def heal(self) -> None:
        set_permissions(self.person, dict.fromkeys(BOTH, "granted"))
        super().heal()

    def why_not_bitten(self) -> str | None:
        states = {self.page.evaluate(STATE, name) for name in BOTH}
        if states != {"prompt"}:
            return f"The permissions were to be undecided, the browser says {states}."
        return super().why_not_bitten()
