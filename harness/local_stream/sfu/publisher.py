"""A participant's publishing side: the client offers, the SFU answers, packets come in."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Protocol

from harness.local_stream.sfu import rtcp
from harness.local_stream.sfu.errors import SfuError, invalid
from harness.local_stream.sfu.feed import Feed, Terms
from harness.local_stream.sfu.layer import Layer
from harness.local_stream.sfu.media_path import OpenPath, undisturbed
from harness.local_stream.sfu.protocol import Message, models
from harness.local_stream.sfu.publish_options import codecs_of
from harness.local_stream.sfu.reception import Reception
from harness.local_stream.sfu.rtp import AUDIO_LEVEL, MID, Packet, passed_on
from harness.local_stream.sfu.sdp import Description
from harness.local_stream.sfu.sdp_section import Section
from harness.local_stream.sfu.sdp_write import Line, Refused, describe
from harness.local_stream.sfu.track import PublishedTrack
from harness.local_stream.sfu.transport import Identity, PeerTransport

ASK_SECONDS = 0.1
REPORT_SECONDS = 1.0
# What a publisher is told (REMB) that its path carries: it is loopback, so the publish options alone limit
# the picture. Feedback on each packet's delay (transport-cc) would tell how busy the machine is, and browsers
# lower their picture for that: measured, to 165 kbit/s under a load of 10 on 2 cores.
BITRATE = 10_000_000
# The SSRC under which the SFU speaks as a receiver.
RECEIVER = 1


class PublisherOwner(Protocol):
    """Who is told what a publisher does."""

    def track_added(self, track: PublishedTrack, info: Message) -> None: ...

    def track_removed(self, track: PublishedTrack) -> None: ...


class PublisherPeer:
    """One publishing peer connection."""

    def __init__(self, identity: Identity, owner: PublisherOwner, open_path: OpenPath = undisturbed) -> None:
        self._owner = owner
        self._open_path = open_path
        self._transport = PeerTransport(identity, self, controlling=False)
        self._session = random.getrandbits(62)
        self._version = 0
        self._lock = asyncio.Lock()
        self._feeds: dict[str, Feed] = {}
        self._by_ssrc: dict[int, Feed] = {}
        self._mid = 0
        self._reporter: asyncio.Task[None] | None = None
        # Of a client that migrates: where its streams went until now.
        self.before: PublisherPeer | None = None

    async def negotiate(self, sdp: str, infos: Iterable[Message]) -> str:
        """The answer to the client's offer; `infos` (`models.TrackInfo`) say what its sections carry.

        Raises SfuError: the SDP cannot be read, it sends none of the tracks, or a codec is not there.
        """
        async with self._lock:
            offer = Description.parse(sdp)
            remote = offer.transport()
            agreed = [_agreed(section, info) for section, info in _sent(offer, infos)]
            if not self._transport.started:
                await self._transport.open()
            elif self._transport.is_new_generation(remote):
                await self._transport.restart()
            for section, terms, info in agreed:
                self._adopt(section, terms, info)
            self._drop_missing(offer)
            self._version += 1
            lines = [self._line(section) for section in offer.sections]
            answer = describe(
                lines, self._transport.local, setup="passive", session=self._session, version=self._version
            )
            self._transport.connect(remote)
            return answer

    async def add_candidate(self, text: str) -> None:
        await self._transport.add_candidate(text)

    def lost(self) -> float:
        """The fraction of its packets that the worst track lost, as last reported to the client."""
        receptions = (each for feed in self._feeds.values() for each in feed.receptions.values())
        return max((each.lost for each in receptions), default=0.0)

    def cut(self) -> None:
        """Break the connection of the media, until ICE restarts."""
        self._transport.cut()

    async def close(self) -> None:
        if self._reporter:
            self._reporter.cancel()
        await self._transport.close()

    def on_connected(self) -> None:
        self._reporter = asyncio.ensure_future(self._report())

    def on_lost(self) -> None:
        """Nothing to decide: the client notices too, and its WebSocket says whether it is gone."""
        if self._reporter:
            self._reporter.cancel()

    def on_rtp(self, data: bytes, arrival: float) -> None:
        try:
            packet = Packet.parse(data)
        except ValueError:
            return
        feed = self._by_ssrc.get(packet.ssrc) or self._identify(packet)
        if feed is None:
            return
        if feed.path.disturbed:
            feed.path.send(data)
        else:
            self._receive(feed, packet, len(data), arrival)

    def on_rtcp(self, data: bytes, arrival: float) -> None:
        for packet in rtcp.read(data):
            report = rtcp.SenderReport.read(packet.body) if packet.kind == rtcp.SENDER_REPORT else None
            feed = self._by_ssrc.get(report.ssrc) if report else None
            layer = feed.layers.get(report.ssrc) if report and feed else None
            if report and feed and layer:
                feed.reception(report.ssrc).note_sender_report(report, arrival)
                feed.track.forward_report(layer, report)

    def _arrive(self, feed: Feed, data: bytes) -> None:
        """What comes through a disturbed path, when it does."""
        with suppress(ValueError):
            self._receive(feed, Packet.parse(data), len(data), time.monotonic())

    def _receive(self, feed: Feed, packet: Packet, size: int, arrival: float) -> None:
        feed.track.received_bytes += size
        repeated = feed.is_retransmission(packet)
        media = feed.unwrap(packet) if repeated else packet
        if media is None or media.payload_type != feed.terms.codec.payload_type:
            return
        layer = feed.layer(media)
        if layer is None:
            return
        reception = feed.reception(media.ssrc)
        if reception.add(media, arrival, repeated=repeated):
            layer.need_key_frame(arrival)
        self._ask_again(reception, arrival)
        if not feed.track.is_video:
            feed.track.loudness.hear(media.extensions.get(feed.terms.extensions.get(AUDIO_LEVEL, 0), b""))
        feed.track.forward(layer, media, passed_on(media.extensions, feed.relabel), arrival)

    def _identify(self, packet: Packet) -> Feed | None:
        """Whose stream this is, when the offer named no SSRC: by mid, else by a payload type of one feed."""
        mid = packet.extensions.get(self._mid)
        feed = self._feeds.get(mid.decode(errors="replace")) if mid else None
        if feed is None:
            fitting = [each for each in self._feeds.values() if each.has_payload_type(packet.payload_type)]
            feed = fitting[0] if len(fitting) == 1 else None
        if feed is not None:
            self._by_ssrc[packet.ssrc] = feed
        return feed

    def _adopt(self, section: Section, terms: Terms, info: Message) -> None:
        feed = self._feeds.get(section.mid)
        new = feed is None or feed.track.type != info.track_type
        if feed is None or new:
            feed = self._feeds[section.mid] = Feed.of(terms, info, self._ask_key_frame)
            feed.path = self._open_path(info.track_type, partial(self._arrive, feed))
            self._inherit(feed, section.mid)
        self._mid = terms.extensions.get(MID, self._mid)
        self._by_ssrc.update(dict.fromkeys(section.ssrcs, feed))
        feed.adopt(terms, section, info)
        if new:
            self._owner.track_added(feed.track, info)

    def _inherit(self, feed: Feed, mid: str) -> None:
        """Client 1.0 migrates with its connection, whose packets no longer say what they belong to."""
        old = self.before._feeds.get(mid) if self.before else None
        if old is not None and old.track.type == feed.track.type:
            self._by_ssrc.update(dict.fromkeys(feed.inherit(old), feed))

    def _drop_missing(self, offer: Description) -> None:
        """Forget the tracks whose sections the client gave up; the others flow on."""
        kept = {section.mid for section in offer.sections if not section.rejected}
        for mid in self._feeds.keys() - kept:
            gone = self._feeds.pop(mid)
            self._by_ssrc = {ssrc: feed for ssrc, feed in self._by_ssrc.items() if feed is not gone}
            self._owner.track_removed(gone.track)

    def _line(self, section: Section) -> Line | Refused:
        feed = self._feeds.get(section.mid)
        if section.rejected or section.kind not in ("audio", "video"):
            return Refused.of(section)
        if feed is None:
            return Line(section.kind, section.mid, "inactive", list(section.codecs.values())[:1])
        return feed.terms.line(section)

    def _ask_key_frame(self, layer: Layer) -> None:
        if layer.ssrc is not None:
            self._transport.send_rtcp(rtcp.picture_loss(RECEIVER, layer.ssrc))

    def _ask_again(self, reception: Reception, now: float) -> None:
        lost = reception.due(now)
        if lost:
            self._transport.send_rtcp(rtcp.negative_acknowledgement(RECEIVER, reception.ssrc, lost))

    async def _report(self) -> None:
        last = 0.0
        while True:
            await asyncio.sleep(ASK_SECONDS)
            now = time.monotonic()
            receptions = [each for feed in self._feeds.values() for each in feed.receptions.values()]
            for reception in receptions:
                self._ask_again(reception, now)
            if receptions and now - last >= REPORT_SECONDS:
                last = now
                blocks = [block for each in receptions if (block := each.report(now))]
                self._transport.send_rtcp(
                    rtcp.receiver_report(RECEIVER, blocks[:31])
                    + rtcp.maximum_bitrate(RECEIVER, BITRATE, [each.ssrc for each in receptions])
                )


def _sent(offer: Description, infos: Iterable[Message]) -> list[tuple[Section, Message]]:
    """The tracks that the offer sends, with their sections; raises SfuError when there is none.

    Client 1.0 names a track that was added while it made the offer, too, by the mid that it guesses for it.
    What no section carries is passed over, as by Stream's SFU (so its client says): the next offer has it.
    """
    found = [(offer.section(info.mid), info) for info in infos]
    sent = [(section, info) for section, info in found if section is not None and not section.rejected]
    if not sent:
        named = ", ".join(f"track {info.track_id!r} names mid {info.mid!r}" for _, info in found)
        raise SfuError(models.ERROR_CODE_PUBLISH_TRACK_NOT_FOUND, f"{named}, which the offer does not send")
    return sent


def _agreed(section: Section, info: Message) -> tuple[Section, Terms, Message]:
    terms = Terms.of(section, info)
    if terms is None:
        names = " or ".join(repr(name) for name in codecs_of(info))
        raise invalid(f"the offer's section {section.mid!r} has no codec {names}")
    return section, terms, info
