"""Records calls for the coordinator. Implements its `Recorder`."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

from harness.local_stream.media import MediaServer, RecordedFile
from harness.local_stream.recording.folder import RecordingFolder
from harness.local_stream.recording.tape import Tape
from harness.local_stream.recording.writer import Writer


class CallRecorder:
    """`composite` recordings, one at a time for each call. The others have no file, and so fail."""

    def __init__(self, media: MediaServer, folder: RecordingFolder) -> None:
        self._media = media
        self._folder = folder
        self._running: dict[str, Running] = {}

    def start(self, cid: str, recording_type: str) -> None:
        """Record `cid` from now on."""
        if recording_type == "composite":
            self._running[cid] = running = Running(self._folder.path, _stem(cid))
            self._media.watch(cid, running.tape.select)

    async def stop(self, cid: str, recording_type: str, base_url: str) -> RecordedFile | None:
        """The complete file; None when nothing was published, or it could not be written."""
        running = self._running.pop(cid, None) if recording_type == "composite" else None
        if running is None:
            return None
        self._media.watch(cid, None)
        file = await running.finish()
        return self._folder.offer(file, base_url) if file else None

    def delete(self, file: RecordedFile) -> None:
        """Delete the file."""
        self._folder.delete(file)

    async def close(self) -> None:
        """Complete what is being recorded; files that are not kept are gone then."""
        running, self._running = self._running, {}
        for cid, each in running.items():
            self._media.watch(cid, None)
            await each.finish()
        self._folder.clear()


class Running:
    """A recording that runs."""

    def __init__(self, folder: Path, stem: str) -> None:
        self._writer = Writer(folder, stem)
        self.tape = Tape(self._writer)

    async def finish(self) -> Path | None:
        """End it and wait for the file."""
        self.tape.end()
        return await asyncio.to_thread(self._writer.finish)


def _stem(cid: str) -> str:
    """The name of a file of this call, now; the call's own name may hold what no file's may."""
    return f"rec_{re.sub(r'[^A-Za-z0-9_-]', '_', cid)}_{time.time_ns() // 1_000_000}"
