"""The gate over a small suite of its own, in real pytest processes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from rich.console import Console

from harness.config import HarnessSettings, TargetSettings, Waiver
from harness.gate import Speed, gate
from harness.gate.catalogue import Check
from harness.gate.child import Suite
from harness.trace.events import Event, read

CHECKS = {
    "T01": Check("T01", "must", "answers"),
    "T02": Check("T02", "should", "signs"),
    "G01": Check("G01", "must", "goes live"),
    "G02": Check("G02", "must", "sounds", planned=True),
}


@dataclass(frozen=True)
class GateRun:
    """What one run of the gate left."""

    exit_code: int
    terminal: str
    folder: Path

    @property
    def events(self) -> list[Event]:
        return read(self.folder / "events.jsonl")

    @property
    def report(self) -> str:
        return (self.folder / "report.html").read_text()

    @property
    def junit(self) -> str:
        return (self.folder / "junit.xml").read_text()


RunGate = Callable[..., GateRun]


@pytest.fixture
def suite_of(tmp_path: Path) -> Callable[[str], Suite]:
    """Writes a suite with this source as its one test file."""

    def make(source: str) -> Suite:
        folder = tmp_path / "suite" / "tests"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "test_app.py").write_text("import pytest\n" + dedent(source))
        return Suite(folder.parent, (folder,), ("tests.unit.gate.run_dir_plugin",))

    return make


@pytest.fixture
def run_gate(tmp_path: Path, suite_of: Callable[[str], Suite]) -> RunGate:
    """Runs the gate over a test file; a terminal of 100 columns without colour catches what it prints."""

    def run(source: str, only: Sequence[str] = (), speed: Speed | None = None, **waivers: Waiver) -> GateRun:
        console = Console(file=io.StringIO(), width=100, highlight=False, soft_wrap=True)
        settings = HarnessSettings(runs=tmp_path / "runs", cache_home=tmp_path / "cache")
        target = TargetSettings(waivers=waivers)
        before = set((tmp_path / "runs").glob("*"))
        code = gate(settings, only, target, speed, suite=suite_of(source), checks=CHECKS, console=console)
        (folder,) = set((tmp_path / "runs").iterdir()) - before
        assert isinstance(console.file, io.StringIO)
        return GateRun(code, console.file.getvalue(), folder)

    return run
