"""An app that the target says how to start: on a port of its own, told where its back ends are."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from urllib.parse import urlsplit

import httpx

from harness.config import app_environment, variable
from harness.errors import ServerError, SettingsError
from harness.stack import supervised
from harness.stack.process import LAST_LINES
from harness.trace.redactor import Redactor

READY_WITHIN = 60.0  # seconds
STOP_WITHIN = 14.0
READ_WITHIN = 5.0  # for what it printed last; who outlives it may keep its output open
EVERY = 0.1
LONGEST_LINE = 1 << 16


class AppProcess:
    """Started by `command` in `folder`; `url` is any address of it. What it prints goes to `log`, masked."""

    def __init__(self, command: str, folder: Path, url: str, log: Path, secrets: Redactor) -> None:
        self._command, self._folder, self._log, self._secrets = _words(command), folder, log, secrets
        parts = urlsplit(url)
        self._root = f"{parts.scheme}://{parts.netloc}/"
        # What it prints as it is: only so can a check tell that a secret is in it. Gone with the run.
        self._private = TemporaryDirectory(prefix="harness-app-")
        self.printed = Path(self._private.name) / "app.log"
        self.printed.touch(0o600)
        self._unset: list[str] = []  # variables that were named for it
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None

    def start(self, told: dict[str, str], more: Sequence[str] = (), *, within: float = READY_WITHIN) -> None:
        """With `told` and the variables `more`; raises ServerError when it does not answer in time."""
        self._unset = [name for name in more if variable(name) is None]
        try:
            self._process = subprocess.Popen(
                # Isolated: nothing of ours shall be in the way of an app that is Python's, too.
                [sys.executable, "-I", str(supervised.__file__), *self._command],
                cwd=self._folder,
                env=app_environment(told, more),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise ServerError(
                f"app_command was expected to run in {self._folder}, but that cannot be ({error.strerror}): "
                "mend `folder`."
            ) from None
        self._reader = threading.Thread(target=self._keep, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        self._await_ready(within)

    def check(self) -> None:
        """Raises ServerError when it has ended by itself."""
        if self._process is not None and (code := self._process.poll()) is not None:
            raise ServerError(
                f"app_command was expected to run on, but ended with exit code {code}: see its last lines; "
                f"variables that it needs are named in app_environment{self._not_set()}.{self._last_lines()}"
            )

    def stop(self) -> None:
        """End it and what it started; safe to call twice."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            try:
                self._process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._all_read()
        self._private.cleanup()

    def _keep(self, output: IO[bytes]) -> None:
        """Line by line, as it comes, for as long as somebody can print."""
        with output, self.printed.open("ab", 0) as printed, self._log.open("ab", 0) as masked:
            while line := output.readline(LONGEST_LINE):
                printed.write(line)
                masked.write(self._secrets.redact(line.decode("utf-8", "replace")).encode())

    def _all_read(self) -> None:
        if self._reader is not None:
            self._reader.join(READ_WITHIN)

    def _await_ready(self, within: float) -> None:
        until, pause = time.monotonic() + within, threading.Event()
        while (fault := self._why_silent(until)) is not None:
            self.check()
            if time.monotonic() > until:
                raise ServerError(
                    f"app_command was expected to start an app that answers {self._root} within "
                    f"{within:g} s, but {fault}.{self._last_lines()}"
                )
            pause.wait(EVERY)

    def _why_silent(self, until: float) -> str | None:
        """None once it answers, whatever it says: of an answer without end its head is enough."""
        left = max(EVERY, until - time.monotonic())
        try:
            with httpx.stream("GET", self._root, timeout=left, trust_env=False):
                return None
        except httpx.ConnectError:
            return "nothing listens there: let it listen on PORT"
        except httpx.TimeoutException:
            return "it takes the connection and says nothing: let it answer GET /"
        except httpx.RequestError as error:
            return f"what came is no HTTP ({type(error).__name__}): let it speak HTTP on PORT"

    def _not_set(self) -> str:
        return f" (of those, not set: {', '.join(self._unset)})" if self._unset else ""

    def _last_lines(self) -> str:
        if self._process is not None and self._process.poll() is not None:
            self._all_read()  # its last words may still be on their way
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        return "".join(f"\n    {line}" for line in lines[-LAST_LINES:])


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise SettingsError(
            f"app_command was expected to be a command, but cannot be read ({error})."
        ) from None
    if not words:
        raise SettingsError("app_command was expected to be a command, but is empty.")
    return words
