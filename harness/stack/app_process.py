"""An app that the target says how to start: on a port of its own, told where its back ends are."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import httpx

from harness.config import child_environment
from harness.errors import ServerError, SettingsError
from harness.stack.process import LAST_LINES

READY_WITHIN = 60.0  # seconds
STOP_WITHIN = 14.0
EVERY = 0.1


class AppProcess:
    """Started by `command` in `folder`; `url` is any address of it. What it prints goes to `log`."""

    def __init__(self, command: str, folder: Path, url: str, log: Path) -> None:
        self._command, self._folder, self._log = _words(command), folder, log
        parts = urlsplit(url)
        self._root = f"{parts.scheme}://{parts.netloc}/"
        self._process: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None

    def start(self, told: dict[str, str]) -> None:
        """With `told` added to our environment; raises ServerError when it does not answer in time."""
        self._output = self._log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness.stack.supervised", *self._command],
            cwd=self._folder,
            env=child_environment(told),
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )
        self._await_ready()

    def check(self) -> None:
        """Raises ServerError when it has ended by itself."""
        if self._process is not None and (code := self._process.poll()) is not None:
            raise ServerError(
                f"app_command was expected to run on, but ended with exit code {code}: see its last lines."
                f"{self._last_lines()}"
            )

    def stop(self) -> None:
        """End it and what it started; safe to call twice."""
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._output is not None:
            self._output.close()

    def _await_ready(self) -> None:
        until, pause = time.monotonic() + READY_WITHIN, threading.Event()
        while not self._answers():
            self.check()
            if time.monotonic() > until:
                raise ServerError(
                    f"app_command was expected to start an app that answers {self._root} within "
                    f"{READY_WITHIN:.0f} s, but it did not: let it listen on PORT.{self._last_lines()}"
                )
            pause.wait(EVERY)

    def _answers(self) -> bool:
        try:
            httpx.get(self._root, timeout=READY_WITHIN, trust_env=False)
        except httpx.TransportError:
            return False
        return True

    def _last_lines(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "".join(f"\n    {line}" for line in lines)


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise SettingsError(
            f"app_command was expected to be a command, but cannot be read ({error})."
        ) from None
