"""Two starts at once: the second waits until the first has made ready what both need."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The locks that this process holds. Tools inherit them: should this process be killed while pip still writes,
# then the folder stays locked until pip has ended too.
held: list[int] = []


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder` against other processes; the system lets go of it when this one ends, however it ends.

    The lock is on the folder itself, so it leaves no file behind and works where nothing can be written.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"Another start is setting up {folder}: waiting for it to finish.\n")
            fcntl.flock(handle, fcntl.LOCK_EX)
        held.append(handle)
        yield
    finally:
        if handle in held:
            held.remove(handle)
        os.close(handle)
