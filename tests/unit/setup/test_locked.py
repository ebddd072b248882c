from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from harness.setup.commands import CHECKOUT
from harness.setup.locked import locked

HOLD = """
import sys
from pathlib import Path
from harness.setup.locked import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    """A process that says `held` when it holds the folder, and lets go when its standard input is closed."""
    pipe = subprocess.PIPE
    command: list[str | Path] = [sys.executable, "-c", HOLD, folder]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=CHECKOUT)


def test_the_second_waits_until_the_first_lets_go_and_says_so(tmp_path: Path) -> None:
    with locked(tmp_path):
        second = holder(tmp_path)
        assert second.stderr is not None
        assert (
            second.stderr.readline() == f"Another start is setting up {tmp_path}: waiting for it to finish.\n"
        )
        assert second.poll() is None
    assert second.stdout is not None
    assert second.stdout.readline() == "held\n"
    second.communicate()


def test_one_that_is_killed_lets_go(tmp_path: Path) -> None:
    with holder(tmp_path) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        first.kill()
    with locked(tmp_path):
        assert list(tmp_path.iterdir()) == []
