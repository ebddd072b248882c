"""A camera that starts and dies at once: the page gets a track that is over."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.sync_api import Error as PlaywrightError

from harness.browser.devices import Service
from harness.browser.failures.mechanism import Mechanism
from harness.browser.probe import is_probe

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Route

GIVEN = '"outcome":"given"'
PICTURE = '"kind":"video"'
ENDED = '"has":"video track","value":"ended"'
EVERYTHING = "**/*"


class DyingCamera(Mechanism):
    """The browser's process for cameras is killed as soon as the page has got its picture.

    Sooner, and the page would get an error instead, on a machine that is busy. From the picture to its end
    the page's requests wait: else a page that is quicker than we are could be live before.
    """

    _killed = 0
    _dying = False

    def arm(self) -> None:
        self._waiting: list[Route] = []
        self.devices.page.look()  # the process runs from now on
        self._processes = self.devices.processes(Service.CAMERA)
        self.page.on("console", self._hear)
        self.page.route(EVERYTHING, self._meet)

    def heal(self) -> None:
        self.page.remove_listener("console", self._hear)
        self._let_go()
        self.page.unroute(EVERYTHING, self._meet)

    def why_not_bitten(self) -> str | None:
        self.page.evaluate("0")  # what the page said before this answer has been heard by now
        return None if self._killed else "The camera was to die at its start, and nobody started it."

    def _hear(self, message: ConsoleMessage) -> None:
        if not is_probe(message):
            return
        if ENDED in message.text:
            self._let_go()
        elif GIVEN in message.text and PICTURE in message.text:
            self._kill()

    def _kill(self) -> None:
        self._dying = True
        for process in self._processes or self.devices.processes(Service.CAMERA):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
                self._killed += 1
        self._processes = []  # the next one is another process

    def _meet(self, route: Route) -> None:
        if self._dying:
            self._waiting.append(route)
        else:
            route.fallback()

    def _let_go(self) -> None:
        self._dying = False
        for route in self._waiting:
            with suppress(PlaywrightError):  # whoever asked has gone
                route.fallback()
        self._waiting.clear()
