from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from harness.setup.locked import locked
from harness.setup.tool import ToolError, last_words, run_tool


def python(program: str) -> list[str | Path]:
    return [sys.executable, "-c", program]


def test_what_it_wrote_comes_back() -> None:
    assert (
        run_tool(python("import sys; print('out'); print('err', file=sys.stderr)"), "It", within=20)
        == "out\nerr\n"
    )


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("E: Could not resolve 'deb.example'", "its server could not be reached"),
        ("npm error code ENOTFOUND", "its server could not be reached"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code EROFS", "a folder may not be written"),
        ("starting\nERROR: No such release.\nbye", "it said 'ERROR: No such release'"),
        ("", "it said 'nothing'"),
    ],
)
def test_its_failure_becomes_one_sentence(output: str, sentence: str) -> None:
    with pytest.raises(ToolError) as failed:
        run_tool(python(f"print({output!r}); raise SystemExit(3)"), "Doing it", within=20)
    assert str(failed.value).startswith(f"Doing it failed: {sentence}")
    assert len(str(failed.value).splitlines()) == 1
    assert failed.value.output.strip() == output


def test_one_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(
        ToolError, match=r"^It failed: /nowhere could not be started \(No such file or directory\)"
    ):
        run_tool(["/nowhere"], "It", within=20)


def test_one_that_takes_too_long_ends_with_all_that_it_started(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    waits_for_ever = f"cat {tmp_path}/fifo & wait"
    with pytest.raises(ToolError, match="Waiting took longer than 1 s"), locked(tmp_path):
        run_tool(["sh", "-c", waits_for_ever], "Waiting", within=1)
    # `cat` has inherited the lock: this goes on only once it is gone.
    with locked(tmp_path):
        pass


def test_the_line_that_says_most_is_found() -> None:
    assert last_words("warning\nnpm error first\nnpm error last\nhint: read the log\n") == "npm error last"
    assert last_words("one\ntwo.\n\n") == "two"
    assert len(last_words("x" * 1000)) == 200
