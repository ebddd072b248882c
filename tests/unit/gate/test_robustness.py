"""Whatever happens around a run: never green, told in a sentence, nothing left running, nothing lost."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.config import child_environment
from harness.trace.events import Event, read
from tests.unit.gate.test_child import await_true

MARK = "HARNESS_TEST_MARK"
# Quick checks without browsers, and enough of them that something can happen in their midst.
CHECKS = "T01,T03,T05,T08"
# The path of a run may be any.
AWKWARD = "Läufe & mehr, 'ünd' $so \"fort\""


@dataclass
class Running:
    """A gate in a process of its own, whose processes carry a mark."""

    runs: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    process: subprocess.Popen[str] | None = None

    def start(self, *options: str, largest_file: int | None = None, **environment: str) -> None:
        command = [sys.executable, "-m", "harness.cli", "gate", "--runs", str(self.runs), *options]
        self.process = subprocess.Popen(
            command,
            env=child_environment({MARK: self.mark, **environment}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=_no_larger_than(largest_file) if largest_file else None,
        )

    def ends(self) -> tuple[int, str]:
        """Its exit code, and all that it said."""
        assert self.process is not None
        said, _ = self.process.communicate(timeout=100)
        return self.process.returncode, said

    @property
    def folder(self) -> Path:
        (folder,) = self.runs.iterdir()
        return folder

    @property
    def events(self) -> list[Event]:
        return [event for log in self.runs.glob("*/events.jsonl") for event in read(log)]

    def left(self) -> dict[int, str]:
        """The processes that carry the mark: those that it started, and theirs."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if self.mark.encode() in (folder / "environ").read_bytes():
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def kill(self, command: str) -> None:
        """Kill, as no one can refuse, those whose command line matches."""
        pids = [pid for pid, line in self.left().items() if re.search(command, line)]
        assert pids, f"nothing to kill matches {command}: {self.left()}"
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _no_larger_than(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Running]:
    """Not started yet; what is left of it at the end is killed."""
    running = Running(tmp_path / AWKWARD)
    yield running
    for pid in running.left():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def await_checks(gate: Running) -> None:
    """The servers run and the checks have begun."""
    await_true("the first check", lambda: any(event["what"] == "check" for event in gate.events))


def expect_clean_end(gate: Running, said: str) -> None:
    await_true("the end of all it started", lambda: not gate.left())
    assert "Traceback" not in said
    assert (gate.folder / "report.html").exists()
    assert (gate.folder / "junit.xml").exists()
    # What had ended by then is told.
    assert any(event["what"] == "check" for event in gate.events)


@pytest.mark.parametrize(
    ("victim", "sentence"),
    [
        (r"-m harness\.local_supabase", "The local Supabase ended by itself"),
        (r"^\S*/postgres ", "PostgreSQL has ended"),  # not its guard, which tidies up
    ],
    ids=["a server", "PostgreSQL"],
)
def test_what_dies_in_the_midst_is_named_and_never_green(gate: Running, victim: str, sentence: str) -> None:
    gate.start("--only", CHECKS)
    await_checks(gate)
    gate.kill(victim)
    code, said = gate.ends()
    assert code == 2, said
    assert "COULD NOT TELL" in said
    assert sentence in said
    expect_clean_end(gate, said)


def test_ctrl_c_ends_all_servers_and_reports(gate: Running) -> None:
    gate.start("--only", CHECKS, "--workers", "2")
    await_checks(gate)
    assert gate.process is not None
    gate.process.send_signal(signal.SIGINT)
    code, said = gate.ends()
    assert code == 130, said
    assert "COULD NOT TELL  The run was interrupted" in said
    expect_clean_end(gate, said)


def test_two_gates_at_once_do_not_meet(tmp_path: Path) -> None:
    both = [Running(tmp_path / AWKWARD), Running(tmp_path / AWKWARD)]
    for gate in both:
        gate.start("--only", "T01")
    ended = [gate.ends() for gate in both]
    assert [code for code, _ in ended] == [0, 0], ended
    folders = {re.findall(r"Report: (.*)/report.html", said)[0] for _, said in ended}
    assert len(folders) == 2
    for folder in folders:
        assert sum(event["what"] == "check" for event in read(Path(folder) / "events.jsonl")) == 1


def test_a_full_disk_is_told_and_never_green(gate: Running) -> None:
    # A file that may not grow is refused in the same way as one for which there is no room.
    gate.start("--only", "T01,T03", largest_file=6_000)
    code, said = gate.ends()
    assert code == 2, said
    assert "make room" in said
    assert "Traceback" not in said
    await_true("the end of all it started", lambda: not gate.left())


def test_without_a_terminal_and_without_utf8_it_is_plain_text(gate: Running) -> None:
    gate.start("--only", "T01", PYTHONIOENCODING="ascii", CI="true", NO_COLOR="1", TERM="dumb")
    code, said = gate.ends()
    assert code == 0, said
    assert said.isascii()
    assert "\x1b" not in said
    assert "PARTIAL  The chosen check is green" in said


def test_a_folder_that_cannot_be_written_is_one_sentence(gate: Running, tmp_path: Path) -> None:
    gate.runs.write_text("a file is in the way")
    gate.start("--only", "T01")
    code, said = gate.ends()
    assert code == 2
    assert "name another with HARNESS_RUNS" in said
    assert "Traceback" not in said
    assert (tmp_path / AWKWARD).read_text() == "a file is in the way"
