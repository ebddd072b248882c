"""A camera that is listed and does not start, or starts late: it is held, or its driver is slow."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from harness.browser.devices import Service
from harness.browser.failures.mechanism import Mechanism, NotProduced, Person
from harness.browser.failures.open_gate import OpenGate

if TYPE_CHECKING:
    from harness.browser.devices import Devices

SOURCE = Path(__file__).with_name("gate.c")
SHARED = "a camera that any page still captures is not opened again: stop the others first"


class HeldCamera(Mechanism):
    """Each start waits for `delay` seconds; then it fails if the camera is `busy`.

    By the system's own gate for files where we are root, else by a library that is preloaded.
    """

    def __init__(
        self,
        person: Person,
        devices: Devices | None,
        *,
        delay: float = 0.0,
        busy: bool = False,
        as_root: bool | None = None,
    ) -> None:
        super().__init__(person, devices)
        self._delay, self._busy, self._as_root = delay, busy, as_root
        self._gate: OpenGate | None = None
        self._library: PreloadedGate | None = None

    def arm(self) -> None:
        if self._as_root is not False:
            try:
                self._gate = OpenGate(self.devices.camera, delay=self._delay, refuse=self._busy).__enter__()
                return
            except OSError as error:
                if self._as_root:
                    raise NotProduced(
                        f"The system does not let us hold the camera's file ({error})."
                    ) from None
        self._library = PreloadedGate(self.devices)
        self._library.set(self._delay, busy=self._busy)

    def heal(self) -> None:
        if self._gate is not None:
            self._gate.__exit__()
        if self._library is not None:
            self._library.lift()

    def why_not_bitten(self) -> str | None:
        bitten = "refused" if self._busy else "held"
        if self._gate is not None and getattr(self._gate, bitten):
            return None
        if self._library is not None and self._library.noted(bitten):
            return None
        wanted = "busy" if self._busy else "slow"
        return f"The camera was to be {wanted}, and nobody tried to start it ({SHARED})."


class PreloadedGate:
    """The same without root: needs a C compiler, once for each browser."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices
        self._rule = devices.folder / "gate.rule"
        self._log = devices.folder / "gate.rule.log"
        self._log.unlink(missing_ok=True)

    def set(self, delay: float, *, busy: bool) -> None:
        """From the camera's next start on. Raises NotProduced when there is no compiler."""
        library = self._devices.folder / "gate.so"
        if not library.exists():
            _compile(library)
        self._rule.write_text(f"{delay} {int(busy)}\n")
        self._devices.restart(Service.CAMERA, "behind our gate")

    def lift(self) -> None:
        """Whoever waits goes on waiting for their time; nobody after them."""
        self._rule.write_text("0 0\n")
        self._devices.mode(Service.CAMERA)

    def noted(self, what: str) -> int:
        """How many starts were `held`, or `refused`."""
        return self._log.read_text().splitlines().count(what) if self._log.exists() else 0


def _compile(library: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        raise NotProduced(
            "A busy or slow camera needs root (fanotify) or a C compiler (`cc`): this machine gives neither."
        )
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        raise NotProduced(
            f"The gate of the camera could not be compiled: {said.stderr.strip().splitlines()[-1]}"
        )
