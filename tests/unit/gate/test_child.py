"""The pytest process ends with the gate, however the gate ends, and cleans up."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.config import PACKAGE
from harness.gate.child import Suite
from harness.gate.interruption import SAME_WISH
from harness.trace.events import Tail

WAITING = """
    import threading
    from pathlib import Path

    @pytest.fixture
    def server():
        yield
        Path(__file__).with_name("cleaning").write_text("yes")
        if Path(__file__).with_name("stuck").exists():
            threading.Event().wait()
        Path(__file__).with_name("cleaned").write_text("yes")

    @pytest.mark.check("T01")
    def test_quick(): pass

    @pytest.mark.check("T02")
    def test_waits(server): threading.Event().wait()

    @pytest.mark.check("G01")
    def test_never_reached(): pass
"""
GATE = """
import sys
from pathlib import Path
from harness.config import HarnessSettings
from harness.gate import gate
from harness.gate.child import Suite
from harness.gate.interruption import SAME_WISH
from tests.unit.gate.conftest import CHECKS
root = Path(sys.argv[1])
suite = Suite(root, (root / "tests",), ("tests.unit.gate.run_dir_plugin",))
sys.exit(gate(HarnessSettings(runs=Path(sys.argv[2])), suite=suite, checks=CHECKS))
"""
WITHIN = 60


def await_true(what: str, condition: Callable[[], object]) -> None:
    """Wait for `condition`, looking often."""
    pause = threading.Event()
    for _ in range(WITHIN * 20):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError(f"{what} did not happen within {WITHIN} s")


@pytest.fixture
def waiting_gate(suite_of: Callable[[str], Suite], tmp_path: Path) -> subprocess.Popen[str]:
    """A gate in a process of its own, in the middle of a test that waits for ever."""
    suite = suite_of(WAITING)
    gate = subprocess.Popen(
        [sys.executable, "-c", GATE, str(suite.root), str(tmp_path / "runs")],
        cwd=PACKAGE.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )

    def waits() -> bool:
        logs = (tmp_path / "runs").glob("*/events.jsonl")
        return any("test_waits" in str(event["test"]) for log in logs for event in Tail(log).fresh())

    await_true("the waiting test", waits)
    return gate


@pytest.mark.parametrize(
    "endings",
    [[signal.SIGINT], [signal.SIGTERM], [signal.SIGTERM, signal.SIGTERM], [signal.SIGINT, signal.SIGTERM]],
    ids=["Ctrl-C", "terminated", "as timeout does", "both"],
)
def test_an_interrupted_gate_cleans_up_and_reports(
    waiting_gate: subprocess.Popen[str], tmp_path: Path, endings: list[signal.Signals]
) -> None:
    for ending in endings:
        waiting_gate.send_signal(ending)
    printed, _ = waiting_gate.communicate(timeout=WITHIN)
    assert waiting_gate.returncode == 130
    assert "COULD NOT TELL" in printed
    assert "The run was interrupted when 1 of 3 checks had ended." in printed
    assert "Traceback" not in printed
    assert (tmp_path / "suite" / "tests" / "cleaned").exists()
    (report,) = (tmp_path / "runs").glob("*/report.html")
    assert "interrupted" in report.read_text()
    assert report.with_name("junit.xml").exists()


def test_impatience_ends_what_does_not_end(waiting_gate: subprocess.Popen[str], tmp_path: Path) -> None:
    tests = tmp_path / "suite" / "tests"
    (tests / "stuck").touch()
    waiting_gate.send_signal(signal.SIGINT)
    await_true("clean-up", (tests / "cleaning").exists)

    with pytest.raises(subprocess.TimeoutExpired):
        waiting_gate.wait(1.5 * SAME_WISH)
    waiting_gate.send_signal(signal.SIGINT)
    printed, _ = waiting_gate.communicate(timeout=WITHIN)
    assert waiting_gate.returncode == 130, printed
    assert not (tests / "cleaned").exists()
    assert list((tmp_path / "runs").glob("*/report.html"))


def test_a_killed_gate_takes_pytest_with_it(waiting_gate: subprocess.Popen[str], tmp_path: Path) -> None:
    waiting_gate.kill()
    waiting_gate.communicate(timeout=WITHIN)
    cleaned = tmp_path / "suite" / "tests" / "cleaned"
    await_true("clean-up of the orphaned pytest", cleaned.exists)
