"""Decides who may open a file, and when: fanotify, which needs root (CAP_SYS_ADMIN) on Linux.

Chromium's camera is a file. Looking for cameras opens it from one thread, starting one from another, whose
name tells them apart: a camera that is listed and does not start is one that another program holds.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
import threading
from pathlib import Path

CLASS_CONTENT, CLOSE_ON_EXEC, REPORT_THREAD = 0x4, 0x1, 0x100
MARK_ADD, OPEN_PERMISSION, HERE = 0x1, 0x10000, -100
ALLOW, DENY = 1, 2
EVENT = struct.Struct("=IBBHQii")  # length, version, reserved, metadata length, mask, file, thread
STARTS_CAMERAS = "CaptureThread"


class OpenGate:
    """At `path`, for threads that start a camera: kept waiting for `delay` seconds, then let in or refused.

    A context; leaving it lets everybody in. `held` and `refused` count them. Raises OSError where the system
    does not let us.
    """

    def __init__(self, path: Path, *, delay: float = 0.0, refuse: bool = False) -> None:
        self.held = 0
        self.refused = 0
        self._path, self._delay, self._refuse = path, delay, refuse
        self._open = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> OpenGate:
        libc = ctypes.CDLL(None, use_errno=True)
        self._events = libc.fanotify_init(CLOSE_ON_EXEC | CLASS_CONTENT | REPORT_THREAD, os.O_RDONLY)
        if self._events < 0:
            raise OSError(ctypes.get_errno(), "fanotify_init")
        mark = libc.fanotify_mark
        if mark(self._events, MARK_ADD, ctypes.c_uint64(OPEN_PERMISSION), HERE, bytes(self._path)) < 0:
            error = ctypes.get_errno()
            os.close(self._events)
            raise OSError(error, "fanotify_mark")
        self._end, self._ended = os.pipe()
        self._listener = threading.Thread(target=self._listen, name="camera gate", daemon=True)
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.set()
        os.close(self._ended)
        self._listener.join()
        for thread in self._threads:
            thread.join()
        os.close(self._end)
        os.close(self._events)  # whoever still waits is let in by the system

    def _listen(self) -> None:
        while self._events in select.select([self._events, self._end], [], [])[0]:
            events, at = os.read(self._events, 4096), 0
            while at + EVENT.size <= len(events):
                length, _, _, _, _, file, thread = EVENT.unpack_from(events, at)
                at += length
                # Each on its own: one that waits must not keep the others waiting.
                self._threads.append(threading.Thread(target=self._answer, args=(file, thread), daemon=True))
                self._threads[-1].start()

    def _answer(self, file: int, thread: int) -> None:
        answer = ALLOW
        if _name_of(thread).startswith(STARTS_CAMERAS) and not self._open.is_set():
            self.held += 1
            self._open.wait(self._delay)
            if self._refuse and not self._open.is_set():
                self.refused += 1
                answer = DENY
        os.write(self._events, struct.pack("=iI", file, answer))
        os.close(file)


def _name_of(thread: int) -> str:
    try:
        return Path(f"/proc/{thread}/comm").read_text().strip()
    except OSError:
        return ""
