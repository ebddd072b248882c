"""The thread that writes one recording, so that no disk holds up the media of others."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.local_stream.recording.clock import Clock, Person
from harness.local_stream.recording.frames import Frames
from harness.local_stream.recording.media_file import MediaFile
from harness.local_stream.sfu import rtcp
from harness.local_stream.sfu.rtp import Packet

# About ten seconds of a camera at its best. What comes while so much waits is dropped.
LONGEST_QUEUE = 2_000

log = logging.getLogger("local-stream")


@dataclass(eq=False)
class Feed:
    """One stream on its way into the file; `ask_key_frame` may be called from any thread."""

    codec: str
    clock: Clock
    ask_key_frame: Callable[[], None]
    frames: Frames = field(init=False)

    def __post_init__(self) -> None:
        self.frames = Frames(self.codec)


@dataclass(frozen=True, slots=True)
class Item:
    """An RTP packet, or RTCP, that came for `feed`."""

    feed: Feed
    data: bytes
    arrival: float
    is_rtcp: bool


class Writer:
    """Takes items as fast as they come; `finish` waits for the file."""

    def __init__(self, folder: Path, stem: str) -> None:
        self.dropped = 0
        self._file = MediaFile(folder, stem)
        self._queue: queue.Queue[Item | None] = queue.Queue(LONGEST_QUEUE)
        self._failed = False
        self._feeds: set[Feed] = set()
        self._thread = threading.Thread(target=self._run, name=f"recording {stem}", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Never waits."""
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            self.dropped += 1

    def finish(self) -> Path | None:
        """Wait until all that was put is written: the complete file, or None when there is none."""
        self._queue.put(None)
        self._thread.join()
        path = self._file.path
        if self._failed and path:
            path.unlink(missing_ok=True)
        return None if self._failed else path

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if not self._failed:
                self._guarded(lambda item=item: self._take(item))  # type: ignore[misc]
        self._guarded(self._file.close)
        self._tell()

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:
            self._failed = True
            log.exception("the recording into %s failed", self._file.path)

    def _take(self, item: Item) -> None:
        if item.is_rtcp:
            self._note(item)
            return
        feed, packet = item.feed, Packet.parse(item.data)
        self._feeds.add(feed)
        for frame in feed.frames.add(packet):
            seconds = feed.clock.seconds(frame.timestamp, item.arrival)
            if feed.codec == "opus":
                self._file.add_sound(frame, seconds)
            else:
                self._file.add_picture(feed.codec, frame, seconds)
        if feed.frames.wants_key_frame and feed.codec != "opus":
            feed.ask_key_frame()

    def _note(self, item: Item) -> None:
        for packet in rtcp.read(item.data):
            report = rtcp.SenderReport.read(packet.body) if packet.kind == rtcp.SENDER_REPORT else None
            if report:
                item.feed.clock.note(report)

    def _tell(self) -> None:
        lost = sum(feed.frames.lost for feed in self._feeds)
        name = self._file.path.name if self._file.path else "no file"
        counts, left_out = self._file.counts, self._file.left_out
        level = logging.WARNING if self.dropped or lost or left_out else logging.INFO
        log.log(
            level,
            "recorded %s: %d pictures, %d sounds; packets dropped: %d, holes: %d, pictures left out: %d",
            *(name, counts["video"], counts["audio"], self.dropped, lost, left_out),
        )


def feed(codec: str, rate: int, person: Person, ask_key_frame: Callable[[], None]) -> Feed:
    """A feed on the clock of `person`."""
    return Feed(codec, Clock(rate, person), ask_key_frame)
