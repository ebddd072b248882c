"""A microphone as a pipe: plays a clip into it over and over, as fast as sound goes, until its input closes.

Run as a program of its own, so that nothing that is busy elsewhere makes it stutter: `microphone_feed.py
PIPE WAV`. The clip is read anew whenever it is replaced.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
import time
import wave
from pathlib import Path

PIECE = 0.01  # seconds of sound at a time
SET_PIPE_SIZE = 1031
SMALLEST_PIPE = 4096  # bytes: what lies in the pipe is heard late


def samples(clip: Path) -> tuple[bytes, int]:
    """The sound of `clip` (16 bits, mono), and its bytes per second."""
    with wave.open(str(clip), "rb") as sound:
        return sound.readframes(sound.getnframes()), sound.getframerate() * sound.getsampwidth()


def feed(pipe: Path, clip: Path) -> None:
    """Never returns."""
    # For reading, too: so it opens at once, and stays open when nobody listens.
    out = os.open(pipe, os.O_RDWR)
    fcntl.fcntl(out, SET_PIPE_SIZE, SMALLEST_PIPE)
    made, at, sound, rate, due = 0, 0, b"", 0, time.monotonic()
    while True:
        changed = clip.stat().st_mtime_ns
        if changed != made:
            made, at, (sound, rate) = changed, 0, samples(clip)
        size = round(rate * PIECE)
        at += os.write(out, (sound + sound[:size])[at : at + size])
        at %= len(sound)
        # Who was not listened to for a while does not hurry afterwards.
        due = max(due + PIECE, time.monotonic() - PIECE)
        time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    """Ends when whoever started it closes its input, or is gone."""
    threading.Thread(target=feed, args=tuple(map(Path, sys.argv[1:])), daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
