"""One recording that runs: which of the call's tracks go into it."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from harness.local_stream.recording.clock import Person
from harness.local_stream.recording.writer import Feed, Item, Writer, feed
from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.rewrite import Outgoing, Rewriter
from harness.local_stream.sfu.subscriber import Source
from harness.local_stream.sfu.subscription import TrackKey
from harness.local_stream.sfu.track import PublishedTrack
from harness.local_stream.sfu.viewer_track import ViewerTrack

KINDS = (models.TRACK_TYPE_VIDEO, models.TRACK_TYPE_AUDIO)
Flowing = dict[TrackKey, Source]


class Tape:
    """Follows one participant: camera and microphone of whoever is the first to have a camera.

    When that one leaves, the next; while nobody has a camera, the first who has a microphone.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._followed: str | None = None
        self._people: dict[str, Person] = {}
        self._takes: dict[PublishedTrack, Take] = {}

    def select(self, flowing: Flowing) -> None:
        """Record what is to be recorded of what flows now."""
        self._followed = session = followed(flowing, self._followed)
        wanted = [flowing[session, kind].track for kind in KINDS if session and (session, kind) in flowing]
        for track in self._takes.keys() - set(wanted):
            self._takes.pop(track).close()
        for track in wanted:
            if track not in self._takes and session:
                person = self._people.setdefault(session, Person())
                self._takes[track] = Take(track, person, self._writer)

    def end(self) -> None:
        """Take no more."""
        for take in self._takes.values():
            take.close()
        self._takes.clear()


class Take:
    """One track, taken as a viewer takes it: the best layer, from a key frame on, numbers without a gap."""

    connected = True

    def __init__(self, track: PublishedTrack, person: Person, writer: Writer) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        codec = track.codec
        outgoing = Outgoing(1, codec.payload_type, codec.clock_rate, "0", codec=codec.name)
        self._feed: Feed = feed(codec.name.lower(), codec.clock_rate, person, self._ask_key_frame)
        self._viewer = ViewerTrack(track, Rewriter(outgoing), self)
        self._viewer.agree()

    def send_rtp(self, data: bytes) -> bool:
        self._writer.put(Item(self._feed, data, time.monotonic(), is_rtcp=False))
        return True

    def send_rtcp(self, data: bytes) -> bool:
        self._writer.put(Item(self._feed, data, time.monotonic(), is_rtcp=True))
        return True

    def close(self) -> None:
        self._viewer.close()

    def _ask_key_frame(self) -> None:
        """Comes from the writer's thread, maybe after the end of the loop."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(lambda: self._viewer.need_key_frame(time.monotonic()))


def followed(flowing: Flowing, before: str | None) -> str | None:
    """The session to record: `before` as long as it has what others have, too."""
    for kind in KINDS:
        muted = {session: each.track.muted for (session, type_), each in flowing.items() if type_ == kind}
        if before in muted:
            return before
        if muted:
            return min(muted, key=lambda session: muted[session])
    return None
