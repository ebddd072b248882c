"""One published track: its layers, and the viewers that it goes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.local_stream.sfu.codec import starts_key_frame
from harness.local_stream.sfu.layer import Layer
from harness.local_stream.sfu.layers import Layers
from harness.local_stream.sfu.rtcp import SenderReport
from harness.local_stream.sfu.rtp import Packet
from harness.local_stream.sfu.sdp_section import Codec
from harness.local_stream.sfu.speakers import Loudness
from harness.local_stream.sfu.viewer_track import ViewerTrack


def _nothing() -> None:
    """Nobody cares for the demand."""


@dataclass(eq=False)
class PublishedTrack:
    """`type` is a value of `models.TrackType`; `demand_changed` is told when viewers want other layers."""

    type: int
    codec: Codec
    layers: Layers
    muted: bool = False
    received_bytes: int = 0
    viewers: list[ViewerTrack] = field(default_factory=list)
    demand_changed: Callable[[], None] = _nothing
    loudness: Loudness = field(default_factory=Loudness)

    @property
    def is_video(self) -> bool:
        return self.codec.name.lower() != "opus"

    def forward(self, layer: Layer, packet: Packet, passed: bytes, arrival: float) -> None:
        """Send `packet` of `layer` on to every viewer of it; `passed` holds the extensions that go along."""
        can_begin = starts_key_frame(self.codec.name, packet.payload)
        newest = layer.take(packet, passed, arrival, key_frame=can_begin)
        for viewer in self.viewers:
            viewer.deliver(layer, packet, passed, arrival, can_begin=can_begin and newest)

    def forward_report(self, layer: Layer, report: SenderReport) -> None:
        """Send a sender report on, so that viewers keep this track's time."""
        layer.report = report
        for viewer in self.viewers:
            viewer.deliver_report(report)

    def add_viewer(self, viewer: ViewerTrack) -> None:
        self.viewers.append(viewer)
        self.demand_changed()

    def remove_viewer(self, viewer: ViewerTrack) -> None:
        if viewer in self.viewers:
            self.viewers.remove(viewer)
            self.demand_changed()

    def watched_layers(self) -> set[Layer]:
        """The layers that somebody wants to see now."""
        return {viewer.aim for viewer in self.viewers if viewer.wanted}
