"""A participant's receiving side: it asks for tracks, the SFU offers, the client answers, packets go out."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from harness.local_stream.sfu import rtcp
from harness.local_stream.sfu.media_path import OpenPath, undisturbed
from harness.local_stream.sfu.payload_types import SubscriberCodecs
from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.rewrite import Outgoing, Rewriter
from harness.local_stream.sfu.rtp import AUDIO_LEVEL, OUTGOING_IDS
from harness.local_stream.sfu.sdp import Description
from harness.local_stream.sfu.sdp_write import PROFILE, Line, Refused, describe
from harness.local_stream.sfu.subscription import TrackKey, Wish
from harness.local_stream.sfu.track import PublishedTrack
from harness.local_stream.sfu.transport import Identity, PeerTransport
from harness.local_stream.sfu.viewer_track import ViewerTrack

# Longer than a client takes to answer. Then the offer (or its answer) was lost, and is made again. The first
# may come before the client has a peer connection to hear it with, so it is repeated sooner.
FIRST_ANSWER_SECONDS = 0.5
ANSWER_SECONDS = 3.0

logger = logging.getLogger("sfu")


@dataclass(frozen=True)
class Source:
    """A track that can be subscribed to, and the prefix by which clients find whose it is."""

    track: PublishedTrack
    lookup_prefix: str

    @property
    def stream_id(self) -> str:
        return f"{self.lookup_prefix}:{models.TrackType.Name(self.track.type)}"


Offered = tuple[dict[TrackKey, Wish], dict[TrackKey, Source]]
"""What is wanted, and all that there is."""


@dataclass
class Slot:
    """One section of the offer; `viewer` is None once its track is gone, `free` once the client knows."""

    line: Line
    viewer: ViewerTrack | None
    key: TrackKey | None
    free: bool = False


class SubscriberPeer:
    """One subscribing peer connection. `offer` sends an SDP (and whether ICE restarts) to the client."""

    def __init__(
        self, identity: Identity, offer: Callable[[str, bool], None], open_path: OpenPath = undisturbed
    ) -> None:
        self._offer = offer
        self._open_path = open_path
        self._transport = PeerTransport(identity, self, controlling=True)
        self._session = random.getrandbits(62)
        self._version = 0
        self._next_mid = 0
        self._codecs = SubscriberCodecs()
        self._slots: list[Slot] = []
        self._by_ssrc: dict[int, ViewerTrack] = {}
        self._lock = asyncio.Lock()
        self._unanswered: asyncio.TimerHandle | None = None
        self._outdated = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed_bytes = 0
        self._closed = False

    @property
    def received_bytes(self) -> int:
        return self._closed_bytes + sum(slot.viewer.sent_bytes for slot in self._slots if slot.viewer)

    def lost(self) -> float:
        """The fraction of its packets that the worst track lost, as the client last reported."""
        return max((viewer.lost for viewer in self._by_ssrc.values()), default=0.0)

    async def select(self, offered: Callable[[], Offered]) -> None:
        """Let exactly what is wanted flow, as far as there are sources, by what `offered` says at its turn.

        What is not wanted pauses; what is no source any more, or is another track now, leaves the offer.
        """
        async with self._lock:
            if self._closed:
                return
            wanted, sources = offered()
            changed = False
            for slot in self._slots:
                source = sources.get(slot.key) if slot.key else None
                if slot.viewer and (source is None or source.track is not slot.viewer.track):
                    self._end(slot)
                    changed = True
                elif slot.viewer and slot.key:
                    slot.viewer.want(wanted.get(slot.key))
            present = {slot.key for slot in self._slots}
            for key, wish in wanted.items():
                if key in sources and key not in present:
                    self._add(key, sources[key], wish)
                    changed = True
            if changed:
                await self._renew()

    async def answer(self, sdp: str) -> None:
        """The client's answer to the last offer; raises SfuError when it cannot be read."""
        description = Description.parse(sdp)
        async with self._lock:
            self._transport.connect(description.transport())
            for slot in self._slots:
                section = description.section(slot.line.mid)
                if section and section.rejected:
                    slot.free = slot.viewer is None
                elif slot.viewer and section:
                    slot.viewer.agree()
            self._answered()
            if self._outdated:
                await self._renew()

    async def restart(self) -> None:
        """Offer again with new ICE credentials; forgets an offer that was never answered."""
        async with self._lock:
            if not self._slots:
                return
            if self._transport.started:
                await self._transport.restart()
            self._answered()
            await self._renew(ice_restart=self._transport.started)

    async def add_candidate(self, text: str) -> None:
        await self._transport.add_candidate(text)

    def cut(self) -> None:
        """Break the connection of the media, until ICE restarts."""
        self._transport.cut()

    async def close(self) -> None:
        self._closed = True
        self._answered()
        for task in self._tasks:
            task.cancel()
        for slot in self._slots:
            if slot.viewer:
                slot.viewer.close()
        await self._transport.close()

    def on_connected(self) -> None:
        for slot in self._slots:
            if slot.viewer:
                slot.viewer.ready()

    def on_lost(self) -> None:
        """Nothing to decide: the client notices too, and its WebSocket says whether it is gone."""

    def on_rtp(self, data: bytes, arrival: float) -> None:
        """A subscriber sends none."""

    def on_rtcp(self, data: bytes, arrival: float) -> None:
        for packet in rtcp.read(data):
            for block in rtcp.report_blocks(packet):
                if reported := self._by_ssrc.get(block.ssrc):
                    reported.note_loss(block.fraction_lost / 256, arrival)
            key_frame = packet.kind == rtcp.PAYLOAD_FEEDBACK and packet.format in (rtcp.PLI, rtcp.FIR)
            nack = packet.kind == rtcp.TRANSPORT_FEEDBACK and packet.format == rtcp.NACK
            for ssrc in rtcp.media_ssrcs(packet) if key_frame or nack else ():
                viewer = self._by_ssrc.get(ssrc)
                if viewer and key_frame:
                    viewer.need_key_frame(arrival)
                elif viewer:
                    viewer.resend(rtcp.lost_sequences(packet))

    def _add(self, key: TrackKey, source: Source, wish: Wish) -> None:
        track = source.track
        codecs = self._codecs.of(track.codec)
        ssrcs = [secrets.randbelow(0xFFFF_FFFE) + 1 for _ in codecs]
        mid = str(self._next_mid)
        self._next_mid += 1
        first = codecs[0]
        outgoing = Outgoing(ssrcs[0], first.payload_type, first.clock_rate, mid, codec=first.name)
        if len(codecs) > 1:
            outgoing.rtx_ssrc, outgoing.rtx_payload_type = ssrcs[1], codecs[1].payload_type
        viewer = ViewerTrack(track, Rewriter(outgoing), self._transport, wish, self._open_path)
        kind = "video" if track.is_video else "audio"
        # Unlike any other of a page: a client that comes back has the tracks of its old connections, too.
        track_id = f"{kind}-{secrets.token_hex(8)}"
        extensions = {uri: n for uri, n in OUTGOING_IDS.items() if (uri != AUDIO_LEVEL) or kind == "audio"}
        line = Line(kind, mid, "sendonly", codecs, extensions, ssrcs, stream=source.stream_id, track=track_id)
        self._by_ssrc[ssrcs[0]] = viewer
        self._place(Slot(line, viewer, key))

    def _place(self, slot: Slot) -> None:
        """Take the section of a track that is gone, else a new one, so that the offer does not grow for ever.

        Never the first: the transport of all sections hangs on it, so it stays, inactive. Nor one that the
        client has not yet rejected: browsers refuse an offer in which a section changes hands at once.
        """
        for index, old in enumerate(self._slots):
            if index and old.free and old.line.kind == slot.line.kind:
                self._slots[index] = slot
                return
        self._slots.append(slot)

    def _end(self, slot: Slot) -> None:
        assert slot.viewer is not None
        slot.viewer.close()
        self._closed_bytes += slot.viewer.sent_bytes
        self._by_ssrc.pop(slot.line.ssrcs[0], None)
        slot.viewer = slot.key = None
        slot.line.direction, slot.line.ssrcs = "inactive", []

    async def _renew(self, *, ice_restart: bool = False) -> None:
        """Offer the sections as they are now; one offer at a time, the rest follows its answer."""
        if self._unanswered is not None:
            self._outdated = True
            return
        if not self._version:
            await self._transport.open()
        self._version += 1
        self._outdated = False
        patience = ANSWER_SECONDS if self._transport.started else FIRST_ANSWER_SECONDS
        self._unanswered = asyncio.get_running_loop().call_later(patience, self._offer_again)
        lines = [self._line(index, slot) for index, slot in enumerate(self._slots)]
        local = self._transport.local
        sdp = describe(lines, local, setup="actpass", session=self._session, version=self._version)
        self._offer(sdp, ice_restart)

    def _answered(self) -> None:
        if self._unanswered is not None:
            self._unanswered.cancel()
            self._unanswered = None

    def _offer_again(self) -> None:
        task = asyncio.ensure_future(self._renew_unanswered())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _renew_unanswered(self) -> None:
        async with self._lock:
            if self._unanswered is not None:
                self._unanswered = None
                await self._renew()

    def _line(self, index: int, slot: Slot) -> Line | Refused:
        if slot.viewer is None and index:
            formats = [str(codec.payload_type) for codec in slot.line.codecs]
            return Refused(slot.line.kind, slot.line.mid, PROFILE, formats)
        return slot.line
