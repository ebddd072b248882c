"""One run of pytest over the checks, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from harness.config import PACKAGE, bundled, child_environment
from harness.trace.events import Event, Tail
from harness.trace.redactor import Redactor

LOOK_EVERY = 0.1  # seconds between looks at the run log while pytest runs
GOODBYE = 20.0  # seconds that pytest has to end servers and browsers after Ctrl-C
OWN_PLUGINS = ("pytest_timeout", "harness.gate.inside_pytest")
SOMETHING_FAILED, NOTHING_COLLECTED = 1, 5
# What pytest exits with when it did its work: all passed, some failed, or there was nothing to run.
DID_ITS_WORK = (0, SOMETHING_FAILED, NOTHING_COLLECTED)


@dataclass(frozen=True)
class Suite:
    """The tests that prove the checks, and the plugin that provides their fixtures and the run log.

    `environment` is added to that of the gate.
    """

    root: Path
    folders: tuple[Path, ...]
    plugins: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def release_suite(environment: Mapping[str, str]) -> Suite:
    """The checks that ship with the harness."""
    contract, e2e = bundled("tests/contract"), bundled("tests/e2e")
    return Suite(contract.parent.parent, (contract, e2e), ("playwright", "harness.plugin"), environment)


class Child:
    """A context: pytest runs inside it and is gone after it, with what it started, however it is left."""

    def __init__(self, suite: Suite, run_dir: Path, checks: Iterable[str], attempt: int) -> None:
        self.log = run_dir / "logs" / f"pytest-{attempt}.log"
        self._suite = suite
        self._run_dir = run_dir
        self._checks = list(checks)
        self._attempt = attempt

    def __enter__(self) -> Child:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        theirs, self._ours = os.pipe()
        try:
            with self.log.open("wb") as log:
                # A session of its own: Ctrl-C in the terminal comes to us alone, and we pass it on once.
                self._process = subprocess.Popen(
                    self._command(theirs),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self._environment(),
                    pass_fds=(theirs,),
                    start_new_session=True,
                )
        except BaseException:
            os.close(self._ours)
            raise
        finally:
            os.close(theirs)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._end()
        finally:
            os.close(self._ours)

    def follow(self, tail: Tail, show: Callable[[list[Event]], None]) -> int:
        """Hand each new event to `show` until pytest ends; returns its exit code."""
        code: int | None = None
        while code is None:
            try:
                code = self._process.wait(LOOK_EVERY)
            except subprocess.TimeoutExpired:
                show(tail.fresh())
        show(tail.fresh())
        return code

    def last_lines(self, count: int = 12) -> str:
        """The end of what pytest printed."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-count:])

    def mask_log(self, secrets: Redactor) -> None:
        """Take the secrets out of what pytest printed, once it has ended."""
        if self.log.exists():
            printed = self.log.read_bytes().decode("utf-8", "replace")
            self.log.write_text(secrets.redact(printed), encoding="utf-8")

    def _command(self, gate_fd: int) -> list[str]:
        options = {
            "-c": Path(__file__).with_name("pytest.ini"),
            "--rootdir": self._suite.root,
            "--confcutdir": self._suite.root,
            "--run-dir": self._run_dir,
            "--checks": ",".join(self._checks),
            "--attempt": self._attempt,
            "--gate-fd": gate_fd,
        }
        plugins = [text for plugin in (*OWN_PLUGINS, *self._suite.plugins) for text in ("-p", plugin)]
        given = [text for option, value in options.items() for text in (option, str(value))]
        return [sys.executable, "-m", "pytest", *plugins, *given, *map(str, self._suite.folders)]

    def _environment(self) -> dict[str, str]:
        """Other installed plugins are not loaded: they cost seconds and could change what a check does."""
        inherited = child_environment({})
        path = [str(PACKAGE.parent), *filter(None, [inherited.get("PYTHONPATH")])]
        return {
            **inherited,
            **self._suite.environment,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "",
            "PYTHONPATH": os.pathsep.join(path),
        }

    def _end(self) -> None:
        """Ask as Ctrl-C does, so that fixtures clean up; a second Ctrl-C or too long a goodbye is the end."""
        try:
            if self._process.poll() is None:
                self._process.send_signal(signal.SIGINT)
                self._process.wait(GOODBYE)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            pass
        finally:
            # Whatever it started and left behind goes with it.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
