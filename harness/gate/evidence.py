"""The files of one run that its report may link to or show."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harness.trace.events import Event

# Events whose `path` is a file in the run folder.
KINDS = frozenset({"screenshot", "trace", "evidence"})


def inside(folder: Path, path: str) -> str | None:
    """`path` (absolute, or relative to the run folder) as a link from the report.

    None when there is no such file, or when it is outside: that is no evidence of this run.
    """
    folder = folder.resolve()
    file = (folder / path).resolve()
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) and file.is_file() else None


def evidence(folder: Path, events: Iterable[Event]) -> list[tuple[str, str]]:
    """Link and kind of each file that these events tell of, once each."""
    found = {inside(folder, str(event["path"])): event["what"] for event in events if event["what"] in KINDS}
    return [(link, kind) for link, kind in found.items() if link is not None]
