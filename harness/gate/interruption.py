"""Ctrl-C, and SIGTERM, with which CI ends a job: both are the wish for a clean end with a report."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SAME_WISH = 1.0  # seconds


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside it either signal raises KeyboardInterrupt in the main thread.

    `timeout`, shells and CI runners often send it twice, to the process and to its group: what comes within
    a second of the last is the same wish. A later one is impatience and raises again.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    last = float("-inf")

    def interrupt(*_: object) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > SAME_WISH:
            last = now
            raise KeyboardInterrupt

    before = {wish: signal.signal(wish, interrupt) for wish in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for wish, handler in before.items():
            signal.signal(wish, handler)
