"""A camera that starts and dies at once: the page gets a track that is over."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from harness.browser.devices import Service
from harness.browser.failures.mechanism import Mechanism
from harness.browser.probe import is_probe

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage

GIVEN = '"outcome":"given"'
PICTURE = '"kind":"video"'


class DyingCamera(Mechanism):
    """The browser's process for cameras is killed as soon as the page has got its picture.

    Sooner, and the page would get an error instead, on a machine that is busy.
    """

    _killed = 0

    def arm(self) -> None:
        self.devices.page.look()  # the process runs from now on
        self._processes = self.devices.processes(Service.CAMERA)
        self.page.on("console", self._hear)

    def heal(self) -> None:
        self.page.remove_listener("console", self._hear)

    def why_not_bitten(self) -> str | None:
        return None if self._killed else "The camera was to die at its start, and nobody started it."

    def _hear(self, message: ConsoleMessage) -> None:
        if not is_probe(message) or GIVEN not in message.text or PICTURE not in message.text:
            return
        for process in self._processes or self.devices.processes(Service.CAMERA):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
                self._killed += 1
        self._processes = []  # the next one is another process
