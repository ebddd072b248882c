"""One track on its way to one viewer: which of its layers flows, from when on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from harness.local_stream.sfu.downlink import Downlink
from harness.local_stream.sfu.layer import Layer
from harness.local_stream.sfu.media_path import OpenPath, undisturbed
from harness.local_stream.sfu.rewrite import Rewriter
from harness.local_stream.sfu.rtcp import SenderReport
from harness.local_stream.sfu.rtp import Packet
from harness.local_stream.sfu.subscription import BEST, Wish

if TYPE_CHECKING:
    from harness.local_stream.sfu.track import PublishedTrack


class Sender(Protocol):
    """The transport towards one viewer."""

    connected: bool

    def send_rtp(self, data: bytes) -> bool: ...

    def send_rtcp(self, data: bytes) -> bool: ...


class ViewerTrack:
    """Flows from a key frame on, while it is agreed, wanted and the transport is up.

    What comes before a client has answered the offer is lost on it, key frame and all. A layer flows until
    the one that is aimed at has a key frame: the viewer never waits between two.
    """

    def __init__(
        self,
        track: PublishedTrack,
        rewriter: Rewriter,
        sender: Sender,
        wish: Wish = BEST,
        open_path: OpenPath = undisturbed,
    ) -> None:
        self.track = track
        self.rewriter = rewriter
        self.sent_bytes = 0
        self.lost = 0.0
        self._sender = sender
        self._path = open_path(track.type, self._deliver)
        self._agreed = False
        self._wish = wish
        self._wanted = not wish.paused
        self._flowing: Layer | None = None
        self._downlink = Downlink()
        track.add_viewer(self)

    @property
    def wanted(self) -> bool:
        return self._wanted

    @property
    def flowing(self) -> Layer | None:
        return self._flowing

    @property
    def aim(self) -> Layer:
        """The layer that this viewer should get."""
        return self.track.layers.fitting(self._wish, self._downlink.steps)

    def want(self, wish: Wish | None) -> None:
        """What the client asks for now; None when it does not ask for this track."""
        before = (self._wanted, self._wish)
        self._wanted = wish is not None and not wish.paused
        self._wish = wish or self._wish
        if before == (self._wanted, self._wish):
            return
        if not self._wanted:
            self._flowing = None
        self._review()

    def agree(self) -> None:
        """The viewer's client has answered the offer of this track."""
        if not self._agreed:
            self._agreed = True
            self.ready()

    def ready(self) -> None:
        """The viewer can receive from now on: begin, or change layers, as soon as a picture can."""
        if self._open and self._flowing is not self.aim:
            self.aim.need_key_frame(time.monotonic())

    def need_key_frame(self, now: float) -> None:
        """The viewer cannot decode."""
        (self._flowing or self.aim).need_key_frame(now)

    def note_loss(self, fraction: float, now: float) -> None:
        """The viewer reports that it lost this fraction of what was sent."""
        self.lost = fraction
        can_sink = self.aim is not self.track.layers.lowest
        if self._flowing and self._downlink.note_loss(fraction, now, can_sink=can_sink):
            self._review()

    def close(self) -> None:
        self.track.remove_viewer(self)

    def deliver(
        self, layer: Layer, packet: Packet, passed: bytes, arrival: float, *, can_begin: bool
    ) -> None:
        """Send `packet` if `layer` is the one that flows, or takes over with it."""
        if not self._open:
            return
        if layer is self._flowing and packet.ssrc == self.rewriter.source:
            if self.rewriter.covers(packet):
                self._send(self.rewriter.media(packet, passed, arrival))
        elif not self._takes_over(layer):
            return
        elif can_begin:
            self._begin(layer, packet, arrival)
            self._send(self.rewriter.media(packet, passed, arrival))
        else:
            layer.need_key_frame(arrival)

    def deliver_report(self, report: SenderReport) -> None:
        """Send the report as this viewer's stream would have written it."""
        if self._flowing is None or report.ssrc != self.rewriter.source:
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
        """Answer the viewer's NACK from the history of the layer that each packet was of."""
        for sequence in sequences if self._flowing else []:
            origin = self.rewriter.origin(sequence)
            layer = self.track.layers.of_source(origin[0].source) if origin else None
            kept = layer.history.find(origin[0].source, origin[1]) if layer and origin else None
            if kept and origin:
                self._send(self.rewriter.again(*kept, origin[0]))

    def _review(self) -> None:
        self.track.demand_changed()
        self.ready()

    @property
    def _open(self) -> bool:
        return self._agreed and self._wanted and self._sender.connected

    def _takes_over(self, layer: Layer) -> bool:
        """Whether `layer` is the one aimed at, or the best that stands in while that does not flow."""
        aim, flowing = self.aim, self._flowing
        if layer is aim:
            return True
        if not aim.is_silent_beside(layer):
            return False
        if flowing is None or flowing is layer or flowing.is_silent_beside(layer):
            return True
        return self.track.layers.is_better(layer, flowing, aim)

    def _begin(self, layer: Layer, packet: Packet, arrival: float) -> None:
        self.rewriter.begin(packet, self._elapsed(layer, packet, arrival))
        self._flowing = layer
        if layer.report and layer.report.ssrc == packet.ssrc:
            self.deliver_report(layer.report)

    def _elapsed(self, layer: Layer, packet: Packet, arrival: float) -> float:
        """Seconds since the last packet of this stream: on the publisher's clock if it told, else on ours."""
        last = self.rewriter.last
        before = self.track.layers.of_source(last.ssrc) if last else None
        then = before.captured_at(last.timestamp) if before and last else None
        now = layer.captured_at(packet.timestamp)
        if then is not None and now is not None:
            return now - then
        return arrival - self.rewriter.last_arrival

    def _send(self, data: bytes) -> None:
        if self._path.disturbed:
            self._path.send(data)
        else:
            self._deliver(data)

    def _deliver(self, data: bytes) -> None:
        if self._sender.send_rtp(data):
            self.sent_bytes += len(data)
