"""One run of pytest over (a share of) the checks, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from harness.browser.eventually import patience
from harness.config import PACKAGE, bundled, child_environment
from harness.gate.share import Share
from harness.trace.redactor import Redactor

OWN_PLUGINS = ("pytest_timeout", "harness.gate.inside_pytest")
TEST_WITHIN = 120.0  # seconds, with patience: more than any check takes
SOMETHING_FAILED, NOTHING_COLLECTED = 1, 5
# What pytest exits with when it did its work: all passed, some failed, or there was nothing to run.
DID_ITS_WORK = (0, SOMETHING_FAILED, NOTHING_COLLECTED)


@dataclass(frozen=True)
class Suite:
    """The tests that prove the checks, and the plugin that provides their fixtures and the run log.

    `environment` is added to that of the gate. Of `tests`, node ids below `root`, it is only these.
    """

    root: Path
    folders: tuple[Path, ...]
    plugins: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    tests: tuple[str, ...] = ()

    @property
    def collected(self) -> list[str]:
        """What pytest is to look at."""
        return [f"{self.root}/{test}" for test in self.tests] or [str(folder) for folder in self.folders]


def release_suite(environment: Mapping[str, str]) -> Suite:
    """The checks that ship with the harness."""
    contract, e2e = bundled("tests/contract"), bundled("tests/e2e")
    return Suite(contract.parent.parent, (contract, e2e), ("playwright", "harness.plugin"), environment)


@dataclass(frozen=True)
class Task:
    """What a child is to do: `checks`, of these the tests of `shard`, and of those its `worker`'s share."""

    checks: Sequence[str]
    attempt: int = 1
    worker: Share = field(default_factory=Share)
    shard: Share = field(default_factory=Share)
    timings: Path | None = None

    @property
    def name(self) -> str:
        """What its log is called."""
        beside = f"-worker-{self.worker.number}" if self.worker.number > 1 else ""
        return f"pytest-{self.attempt}{beside}"


class Child:
    """The process: `start` it once, then `kill` it however it went; `ask` and `wait` are the gentle way."""

    def __init__(self, suite: Suite, run_dir: Path, task: Task) -> None:
        self.log = run_dir / "logs" / f"{task.name}.log"
        self._suite = suite
        self._run_dir = run_dir
        self.task = task
        self._asked = False
        self._ours = -1
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Raises OSError when it cannot be started."""
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

    @property
    def code(self) -> int | None:
        """What it exited with; None as long as it runs, and when it was never started."""
        return self._process.poll() if self._process else None

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, within `seconds`."""
        try:
            if self._process:
                self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return False
        return True

    def ask(self) -> None:
        """Ask it to end as Ctrl-C does, once: fixtures clean up, which a second one would interrupt."""
        if self._process and self._process.poll() is None and not self._asked:
            self._asked = True
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End it, with whatever it started and left behind."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._ours >= 0:
            os.close(self._ours)
        self._ours = -1

    def last_lines(self, count: int = 12) -> str:
        """The end of what pytest printed."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-count:])

    def mask_log(self, secrets: Redactor) -> None:
        """Take the secrets out of what pytest printed, once it has ended."""
        if self.log.exists():
            printed = self.log.read_bytes().decode("utf-8", "replace")
            self.log.write_text(secrets.redact(printed), encoding="utf-8")

    def _command(self, gate_fd: int) -> list[str]:
        task = self.task
        options = {
            "-c": Path(__file__).with_name("pytest.ini"),
            "--rootdir": self._suite.root,
            "--confcutdir": self._suite.root,
            "--run-dir": self._run_dir,
            "--checks": ",".join(task.checks),
            "--attempt": task.attempt,
            "--worker": task.worker,
            "--shard": task.shard,
            "--gate-fd": gate_fd,
            **({"--timings": task.timings} if task.timings else {}),
        }
        plugins = [text for plugin in (*OWN_PLUGINS, *self._suite.plugins) for text in ("-p", plugin)]
        given = [text for option, value in options.items() for text in (option, str(value))]
        return [sys.executable, "-m", "pytest", *plugins, *given, *self._suite.collected]

    def _environment(self) -> dict[str, str]:
        """Other installed plugins are not loaded: they cost seconds and could change what a check does."""
        inherited = child_environment({})
        path = [str(PACKAGE.parent), *filter(None, [inherited.get("PYTHONPATH")])]
        return {
            **inherited,
            **self._suite.environment,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "",
            "PYTEST_TIMEOUT": f"{TEST_WITHIN * patience():g}",
            "PYTHONPATH": os.pathsep.join(path),
        }
