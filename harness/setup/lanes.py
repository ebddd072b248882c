"""Commands that run a few at a time, in lanes, what each says told whole when it has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass

GOODBYE = 30.0  # seconds to end what was started, after Ctrl-C


@dataclass(frozen=True)
class Ended:
    """A command that ended: its exit code, the seconds that it took, what it said."""

    name: str
    code: int
    seconds: float
    said: str


class Lanes:
    """A context; who leaves it before all have ended ends those that run, and the others never begin."""

    def __init__(self, number: int) -> None:
        self._threads = ThreadPoolExecutor(number)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._over = False

    def __enter__(self) -> Lanes:
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        for process in self._running.copy():
            process.send_signal(signal.SIGINT)
        self._threads.shutdown(cancel_futures=True)

    def run(self, commands: Mapping[str, Sequence[str]]) -> Iterator[Ended]:
        """Start them in this order; they come back in the order in which they end."""
        futures: list[Future[Ended]] = [
            self._threads.submit(self._one, name, command) for name, command in commands.items()
        ]
        for future in as_completed(futures):
            yield future.result()

    def _one(self, name: str, command: Sequence[str]) -> Ended:
        began = time.monotonic()
        with tempfile.TemporaryFile() as said:
            # A session of its own: Ctrl-C in the terminal comes to us alone, and we pass it on once.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._running.add(process)
            if self._over:  # while it was started
                process.send_signal(signal.SIGINT)
            code = self._ended(process)
            self._running.discard(process)
            said.seek(0)
            return Ended(name, code, time.monotonic() - began, said.read().decode("utf-8", "replace"))

    def _ended(self, process: subprocess.Popen[bytes]) -> int:
        """Its exit code; who was told to end and does not is killed."""
        over_since: float | None = None
        while True:
            try:
                return process.wait(1)
            except subprocess.TimeoutExpired:
                over_since = over_since or (time.monotonic() if self._over else None)
                if over_since is not None and time.monotonic() - over_since > GOODBYE:
                    with suppress(ProcessLookupError):  # with all that it started: it leads its group
                        os.killpg(process.pid, signal.SIGKILL)
