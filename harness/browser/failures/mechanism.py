"""What makes a failure happen, takes it away again, and can tell that it really bit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from harness.errors import HarnessError

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

    from harness.browser.devices import Devices
    from harness.browser.probe import Probe


class NotProduced(HarnessError):
    """The failure could not be made here, or did not bite: nothing was proved, neither good nor bad."""


class Person(Protocol):
    """Whose page is to fail: a host, a viewer, or anybody with a page and a probe in it.

    `view` is where the app is: the page, or a frame in it when it is embedded in another.
    """

    page: Page
    probe: Probe
    view: Page | Frame


class Mechanism(ABC):
    """For one `person`; `devices` are those of their browser, None when they stay as they are.

    `arm`, then `heal`, each once. `why_not_bitten` is the positive control: asked after the page has tried.
    """

    simulated = False

    def __init__(self, person: Person, devices: Devices | None) -> None:
        self.person = person
        self.page = person.page
        self._devices = devices

    @abstractmethod
    def arm(self) -> None:
        """From now on the failure is there. Raises NotProduced when it cannot be made on this machine."""

    @abstractmethod
    def heal(self) -> None:
        """Take the cause away, under the page that is open."""

    @abstractmethod
    def why_not_bitten(self) -> str | None:
        """Why this did not happen, as seen from outside the page; None when it did."""

    @property
    def devices(self) -> Devices:
        """Devices that can change; raises NotProduced when they cannot."""
        if self._devices is None:
            raise NotProduced(
                "This failure needs a browser whose devices can change: start it with the profile "
                "`changeable`."
            )
        return self._devices


Make = Callable[[Person, "Devices | None"], Mechanism]
