"""What a person sees while something is made ready: a line for each step, with its time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


class Progress:
    """Writes `[2/4] Browser ... installed with apt-get, 21.3 s` for each step that has something to do."""

    def __init__(self, steps: Sequence[str] = (), write: Callable[[str], object] | None = None) -> None:
        self._steps = tuple(steps)
        self._write = write or _to_stderr

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Time what happens inside; whatever is put into the list is said at the end of the line."""
        number = f"[{self._steps.index(name) + 1}/{len(self._steps)}] " if name in self._steps else ""
        began = time.monotonic()
        said: list[str] = []
        try:
            self._write(f"{number}{name} ... ")
            yield said
        except BaseException:
            self._write("not done\n")
            raise
        self._write(", ".join([*said, f"{time.monotonic() - began:.1f} s"]) + "\n")


def _to_stderr(text: str) -> None:
    # Standard output belongs to what the command has to say.
    sys.stderr.write(text)
    sys.stderr.flush()
