"""One server of the stack as a process: started on a socket bound beforehand, awaited, watched, stopped."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

import httpx

from harness.config import server_environment
from harness.errors import HarnessError, ServerError
from harness.serving import LOOPBACK, bind

READY_WITHIN = 60.0  # seconds; a cold disk and a busy machine included
# Seconds, before it is killed. The slowest is the token server: it has 11 to finish what it is asked already.
STOP_WITHIN = 14.0
LAST_LINES = 12


class ServerProcess:
    """`python -m MODULE` behind `http://127.0.0.1:PORT`.

    The address is known from the start, so that servers can be told of each other before any of them runs.
    """

    def __init__(self, name: str, module: str, log: Path | None, port: int = 0) -> None:
        self.name, self.module, self.log = name, module, log
        self._listener = bind(port)
        self.url = f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"
        self._process: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None
        self._stopping = False

    def start(self, environment: dict[str, str], died: Callable[[ServerProcess], None]) -> None:
        """Start it with `environment` added to ours; `died` is called (on a thread) if it ends by itself."""
        descriptor = self._listener.fileno()
        self._output = self.log.open("ab") if self.log else None
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module],
            env=server_environment({**environment, "HARNESS_LISTEN_FD": str(descriptor)}),
            pass_fds=[descriptor],
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,  # Ctrl-C is for the harness, which then stops its servers in order
        )
        # Only the child may hold the socket: when it dies, who connects must be refused, not wait for ever.
        self._listener.close()
        threading.Thread(target=self._watch, args=(died,), daemon=True).start()

    def await_ready(self) -> None:
        """Return once it answers; raises ServerError, with its last lines, when it died or stayed silent."""
        try:
            answer = httpx.get(f"{self.url}/healthz", timeout=READY_WITHIN, trust_env=False)
        except httpx.TimeoutException:
            raise ServerError(
                f"The {self.name} was started but did not answer within {READY_WITHIN:.0f} s."
                f"{self._last_lines()}"
            ) from None
        except httpx.TransportError:
            raise self.death() from None
        if answer.status_code != httpx.codes.OK:
            raise ServerError(f"The {self.name} is not ready: {answer.status_code} {answer.text[:200]}")

    @property
    def pid(self) -> int:
        """Of the process; raises ServerError when it was never started."""
        if self._process is None:
            raise ServerError(f"The {self.name} was asked for its process before it was started.")
        return self._process.pid

    def death(self) -> ServerError:
        """The error that tells of its end."""
        try:
            code = self._process.wait(STOP_WITHIN) if self._process else None
        except subprocess.TimeoutExpired:
            return ServerError(f"The {self.name} runs but hung up: see its last lines.{self._last_lines()}")
        lines = self._last_lines()
        if code == HarnessError.exit_code and lines:
            # It said itself, and last, why it could not go on.
            return ServerError(f"The {self.name} could not run. {lines.splitlines()[-1].strip()}")
        return ServerError(
            f"The {self.name} ended by itself with exit code {code}: see its last lines.{lines}"
        )

    def ask_to_end(self) -> None:
        """Close its standard input, which it takes as the end, and do not wait for it."""
        self._stopping = True
        self._listener.close()
        if self._process is not None and self._process.stdin:
            self._process.stdin.close()

    def stop(self) -> None:
        """Ask it to end, and wait; kill it if it does not follow. Safe to call twice."""
        self.ask_to_end()
        if self._process is None:
            return
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._output:
            self._output.close()

    def _watch(self, died: Callable[[ServerProcess], None]) -> None:
        if self._process is not None:
            self._process.wait()
            if not self._stopping:
                died(self)

    def _last_lines(self) -> str:
        if self.log is None or not self.log.exists():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "".join(f"\n    {line}" for line in lines)
