"""What the local Stream records in a run stays with the run."""

from __future__ import annotations

from harness.stack import Stack


def test_the_local_stream_keeps_its_recordings_in_the_runs_folder(stack: Stack) -> None:
    """Nobody but the local Stream makes that folder; that it keeps files there has tests of its own."""
    assert stack.recordings.parent == stack.logs.parent
    assert stack.recordings.is_dir()
