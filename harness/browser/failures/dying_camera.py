"""A camera that starts and dies at once: the page gets a track that is over."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from harness.browser.devices import Service
from harness.browser.failures.mechanism import Mechanism

EVERY = 0.005  # seconds between two looks at what the process has open
STARTED = 0.04  # seconds for which it has its file open once it is started: looking for cameras takes 1 ms


class DyingCamera(Mechanism):
    """The browser's process for cameras is killed whenever it has started the camera."""

    _killed = 0
    _watcher: threading.Thread | None = None

    def arm(self) -> None:
        self.devices.page.look()  # the process runs from now on
        self._healed = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="dying camera", daemon=True)
        self._watcher.start()

    def heal(self) -> None:
        if self._watcher is not None:
            self._healed.set()
            self._watcher.join()

    def why_not_bitten(self) -> str | None:
        return None if self._killed else "The camera was to die at its start, and nobody started it."

    def _watch(self) -> None:
        since: float | None = None
        processes = self.devices.processes(Service.CAMERA)
        while not self._healed.wait(EVERY):
            holders = [process for process in processes if self._holds(process)]
            if not holders:
                since = None
                if not all(Path(f"/proc/{process}").exists() for process in processes) or not processes:
                    processes = self.devices.processes(Service.CAMERA)
                continue
            since = since or time.monotonic()
            if time.monotonic() - since >= STARTED:
                os.kill(holders[0], signal.SIGKILL)
                self._killed += 1
                processes, since = [], None

    def _holds(self, process: int) -> bool:
        """Whether it has the camera's file open now."""
        try:
            opened = list(Path(f"/proc/{process}/fd").iterdir())
        except OSError:
            return False
        return any(_leads_to(one) == str(self.devices.camera) for one in opened)


def _leads_to(link: Path) -> str | None:
    try:
        return str(link.readlink())
    except OSError:  # closed meanwhile
        return None
