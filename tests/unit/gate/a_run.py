"""A run log as a whole run leaves it: two people, one callId, one check green and one red."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from uuid import UUID

from harness.trace.events import Event, RunLog, read
from harness.trace.sightings import Place, Sighting

BEGAN = 1_800_000_000.0
PARTY = str(UUID(int=0x2B1D4F6E8A3C4D5E9F7A6B5C4D3E2F1A))
OTHER = str(UUID(int=0x7C1D4F6E8A3C4D5E9F7A6B5C4D3E2F1A))
GREEN = "tests/e2e/test_going_live.py::test_one_call_id"
RED = "tests/e2e/test_viewing.py::test_viewer_sees_the_host"
MISCHIEF = "<script>alert('x')</script><img src=https://evil.example/x.png>\x07"

PATH: list[tuple[float, str, Place, str | None]] = [
    (0.02, "database", "party row", None),
    (0.31, "host", "host page", None),
    (1.10, "host", "host token request", "livestream"),
    (1.14, "token-server", "server log", "livestream"),
    (1.16, "stream", "call on Stream", "livestream"),
    (1.21, "host", "host token answer", "livestream"),
    (1.62, "host", "host join", "livestream"),
    (1.80, "host", "host SFU join", "livestream"),
    (2.40, "stream", "go live", "livestream"),
    (2.43, "viewer", "Stream event", "livestream"),
    (2.51, "database", "stream_app_id", None),
    (2.66, "viewer", "viewer page", None),
    (2.70, "viewer", "viewer token request", "livestream"),
    (2.75, "viewer", "viewer token answer", "livestream"),
    (2.98, "viewer", "viewer join", "livestream"),
    (3.12, "viewer", "viewer SFU join", "livestream"),
    (3.78, "viewer", "picture", "livestream"),
]


def write_run(folder: Path, *, mischief: str = MISCHIEF) -> list[Event]:
    """Write the run log and its screenshots into `folder`; returns the events."""
    log = RunLog(folder / "events.jsonl")
    log.event("harness", "phase", t=BEGAN + 1.3, name="servers started", seconds=1.21)
    log.event("harness", "phase", t=BEGAN + 2.1, name="browser started", seconds=0.77)
    log.event("harness", "collected", t=BEGAN + 2.2, checks={"C01": [GREEN], "G03": [RED]})
    _journey(log, folder, GREEN, BEGAN + 3, parted=False, mischief=mischief)
    _check(log, "C01", GREEN, BEGAN + 8, "passed", "")
    _journey(log, folder, RED, BEGAN + 9, parted=True, mischief=mischief)
    _check(log, "G03", RED, BEGAN + 14, "failed", f"no picture within 10 s: {mischief}")
    log.event("harness", "phase", t=BEGAN + 15, name="attempt 1", seconds=14.9)
    log.close()
    return read(folder / "events.jsonl")


def _journey(log: RunLog, folder: Path, test: str, began: float, *, parted: bool, mischief: str) -> None:
    log.test = test
    for at, who, where, call_type in PATH:
        call_id = OTHER if parted and where.startswith(("viewer", "picture")) else PARTY
        sighting = Sighting(began + at, who, where, call_type, call_id, f"{where}: raw line {mischief}")
        log.event(**sighting.as_event())
    for number in range(24):
        who = ("host", "viewer")[number % 2]
        url = f"http://127.0.0.1:4010/video/call/{number}"
        log.event(who, "request", t=began + 0.4 + number * 0.11, method="POST", url=url, status=201)
    log.event("host", "page", t=began + 2.52, text="You are live")
    log.event("viewer", "page", t=began + 0.9, text="Waiting for the host to go live")
    if parted:
        log.event("viewer", "error", t=began + 4.6, text=f"alert: {mischief}")
    else:
        log.event("viewer", "media", t=began + 3.78, name="time to first frame", seconds=1.27)
    for who, shade in (("host", 60), ("viewer", 160)):
        path = f"screenshots/{who}-{'red' if parted else 'green'}.png"
        _png(folder / path, shade)
        log.event(who, "screenshot", t=began + 4.9, path=path)
    log.test = None


def _check(log: RunLog, check: str, test: str, t: float, outcome: str, message: str) -> None:
    phases = {"setup": 0.42, "call": 4.31, "teardown": 0.11}
    log.event(
        "harness",
        "check",
        t=t,
        id=check,
        test=test,
        outcome=outcome,
        message=message,
        phase="call",
        phases=phases,
        seconds=4.84,
        harness=False,
    )


def _png(path: Path, shade: int, width: int = 320, height: int = 180) -> None:
    """A grey picture, written by hand: an image library is not needed for it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (b"\x00" + bytes([shade]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
