"""One published track, and its way to each viewer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from harness.local_stream.sfu.codec import starts_key_frame
from harness.local_stream.sfu.history import History
from harness.local_stream.sfu.rewrite import Rewriter
from harness.local_stream.sfu.rtcp import SenderReport
from harness.local_stream.sfu.rtp import Packet
from harness.local_stream.sfu.sdp import Codec

# Chromium answers a request for a key frame at most this often, so asking faster is noise.
KEY_FRAME_SECONDS = 0.3


class Sender(Protocol):
    """The transport towards one viewer."""

    connected: bool

    def send_rtp(self, data: bytes) -> bool: ...

    def send_rtcp(self, data: bytes) -> bool: ...


@dataclass
class PublishedTrack:
    """`type` is a value of `models.TrackType`; `ask_key_frame` reaches the publisher's browser."""

    type: int
    codec: Codec
    ask_key_frame: Callable[[], None]
    muted: bool = False
    received_bytes: int = 0
    history: History = field(default_factory=History)
    viewers: list[ViewerTrack] = field(default_factory=list)
    _report: SenderReport | None = None
    _asked: float = 0.0
    _granted: bool = True

    @property
    def is_video(self) -> bool:
        return self.codec.name.lower() != "opus"

    def forward(self, packet: Packet, passed: bytes, arrival: float) -> None:
        """Send `packet` on to every viewer; `passed` holds the header extensions that go along."""
        if self.is_video:
            self.history.add(packet, passed)
        can_begin = starts_key_frame(self.codec.name, packet.payload)
        self._granted = self._granted or can_begin
        for viewer in self.viewers:
            viewer.deliver(packet, passed, arrival, can_begin=can_begin)

    def forward_report(self, report: SenderReport) -> None:
        """Send a sender report on, so that viewers keep this track's time."""
        self._report = report
        for viewer in self.viewers:
            viewer.deliver_report(report)

    def latest_report(self, source: int) -> SenderReport | None:
        return self._report if self._report and self._report.ssrc == source else None

    def need_key_frame(self, now: float) -> None:
        """Ask the publisher, unless an answer to the last request is still to be expected."""
        if self.is_video and (self._granted or now - self._asked >= KEY_FRAME_SECONDS):
            self._asked, self._granted = now, False
            self.ask_key_frame()


class ViewerTrack:
    """One track to one viewer: flows from a key frame on, while it is agreed, wanted and the transport is up.

    What comes before a client has answered the offer is lost on it, key frame and all.
    """

    def __init__(self, track: PublishedTrack, rewriter: Rewriter, sender: Sender) -> None:
        self.track = track
        self.rewriter = rewriter
        self.sent_bytes = 0
        self._sender = sender
        self._agreed = False
        self._wanted = True
        self._flowing = False
        track.viewers.append(self)

    @property
    def wanted(self) -> bool:
        return self._wanted

    @wanted.setter
    def wanted(self, wanted: bool) -> None:
        if wanted == self._wanted:
            return
        self._wanted, self._flowing = wanted, False
        if wanted:
            self.ready()

    def agree(self) -> None:
        """The viewer's client has answered the offer of this track."""
        if not self._agreed:
            self._agreed = True
            self.ready()

    def ready(self) -> None:
        """The viewer can receive from now on: begin as soon as a picture can."""
        if self._agreed and self._sender.connected and not self._flowing:
            self.track.need_key_frame(time.monotonic())

    def close(self) -> None:
        if self in self.track.viewers:
            self.track.viewers.remove(self)

    def deliver(self, packet: Packet, passed: bytes, arrival: float, *, can_begin: bool) -> None:
        """Send `packet`, or wait for one to begin with."""
        if not self._agreed or not self._wanted or not self._sender.connected:
            return
        if not self._flowing or not self.rewriter.covers(packet):
            if self._flowing and packet.ssrc == self.rewriter.source:
                return  # from before our beginning
            if not can_begin:
                self.track.need_key_frame(arrival)
                return
            self._begin(packet, arrival)
        self._send(self.rewriter.media(packet, passed, arrival))

    def deliver_report(self, report: SenderReport) -> None:
        """Send the report as this viewer's stream would have written it."""
        if not self._flowing or report.ssrc != self.rewriter.source:
            return
        rewriter = self.rewriter
        mine = SenderReport(
            rewriter.outgoing.ssrc,
            report.ntp,
            rewriter.timestamp(report.timestamp),
            rewriter.packets & 0xFFFFFFFF,
            rewriter.octets & 0xFFFFFFFF,
        )
        self._sender.send_rtcp(mine.write())

    def resend(self, sequences: list[int]) -> None:
        """Answer the viewer's NACK from the track's history."""
        source = self.rewriter.source
        for sequence in sequences if self._flowing and source is not None else []:
            kept = self.track.history.find(source or 0, self.rewriter.source_sequence(sequence))
            if kept and self.rewriter.covers(kept[0]):
                self._send(self.rewriter.again(*kept))

    def _begin(self, packet: Packet, arrival: float) -> None:
        self.rewriter.begin(packet, arrival)
        self._flowing = True
        report = self.track.latest_report(packet.ssrc)
        if report:
            self.deliver_report(report)

    def _send(self, data: bytes) -> None:
        if self._sender.send_rtp(data):
            self.sent_bytes += len(data)
