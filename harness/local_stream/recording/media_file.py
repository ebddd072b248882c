"""One file: WebM for VP8 and VP9, MP4 for H264, with Opus beside it."""

from __future__ import annotations

import io
import os
from fractions import Fraction
from pathlib import Path
from struct import pack
from typing import TYPE_CHECKING

import av

from harness.local_stream.recording.frames import Frame

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.stream import Stream

# What a file holds is told at its beginning, so sound waits so long for the first picture. Then it is a
# recording of sound alone.
HELD_SECONDS = 60.0
TICKS = 1_000_000
# Of two frames of one stream, so that the file's own clock (WebM: milliseconds) can tell them apart.
APART = TICKS // 1000
IVF = {"vp8": b"VP80", "vp9": b"VP90"}


class MediaFile:
    """`folder`/`stem` plus the container's ending; begins with the first picture that needs no other."""

    def __init__(self, folder: Path, stem: str) -> None:
        self.path: Path | None = None
        self.counts = {"video": 0, "audio": 0}
        self.left_out = 0
        self._folder = folder
        self._stem = stem
        self._codec: str | None = None
        self._held: list[tuple[Frame, float]] = []
        self._origin = 0.0
        self._container: OutputContainer | None = None
        self._streams: dict[str, Stream] = {}
        self._last: dict[str, int] = {}

    def add_sound(self, frame: Frame, seconds: float) -> None:
        """An Opus packet of this moment."""
        if self._container is not None:
            self._write("audio", frame, seconds)
            return
        self._held.append((frame, seconds))
        if seconds - self._held[0][1] > HELD_SECONDS:
            self._begin(seconds)

    def add_picture(self, codec: str, frame: Frame, seconds: float) -> None:
        """A picture; left out when the file has begun without pictures, or with those of another codec."""
        if self._container is None and frame.key:
            self._codec = codec
            self._begin(seconds, frame)
        if self._container is None or codec != self._codec:
            self.left_out += 1
        else:
            self._write("video", frame, seconds)

    def close(self) -> bool:
        """Complete the file; False when nothing came that could be in one."""
        if self._container is None and self._held:
            self._begin(self._held[-1][1])
        if self._container is None:
            return False
        self._container.close()
        self._output.close()
        return True

    def _begin(self, seconds: float, key_frame: Frame | None = None) -> None:
        ending = "mp4" if self._codec == "h264" else "webm"
        self.path = self._folder / f"{self._stem}.{ending}"
        descriptor = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        self._output = os.fdopen(descriptor, "w+b")
        self._container = av.open(self._output, "w", format=ending)
        if key_frame is not None and self._codec is not None:
            self._streams["video"] = _stream_like(self._container, self._codec, key_frame.data)
        # Its head alone is used: what is written is the publisher's own Opus.
        self._streams["audio"] = self._container.add_stream("libopus", rate=48_000, layout="stereo")
        self._container.start_encoding()
        self._origin = self._held[0][1] if self._held else seconds
        held, self._held = self._held, []
        for frame, at in held:
            self._write("audio", frame, at)

    def _write(self, kind: str, frame: Frame, seconds: float) -> None:
        assert self._container is not None
        ticks = max(int((seconds - self._origin) * TICKS), self._last.get(kind, -APART) + APART)
        self._last[kind] = ticks
        packet = av.Packet(frame.data)
        packet.stream = self._streams[kind]
        packet.time_base = Fraction(1, TICKS)
        packet.pts = packet.dts = ticks
        packet.is_keyframe = frame.key
        self._container.mux(packet)
        self.counts[kind] += 1


def _stream_like(container: OutputContainer, codec: str, key_frame: bytes) -> Stream:
    """A stream with the size and parameters that a key frame says; raises av.FFmpegError when it is none."""
    fourcc = IVF.get(codec)
    data, kind = (key_frame, "h264") if fourcc is None else (_ivf(fourcc, key_frame), "ivf")
    with av.open(io.BytesIO(data), format=kind) as source:
        return container.add_stream_from_template(source.streams.video[0])


def _ivf(fourcc: bytes, frame: bytes) -> bytes:
    """A file of this one frame, in the simplest container there is."""
    head = pack("<4sHH4sHHIIII", b"DKIF", 0, 32, fourcc, 0, 0, 90_000, 1, 1, 0)
    return head + pack("<IQ", len(frame), 0) + frame
