"""One section of a publisher's offer: which track it is, and which streams carry it."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.local_stream.sfu.protocol import Message
from harness.local_stream.sfu.publish_options import VIDEO_FEEDBACK
from harness.local_stream.sfu.reception import Reception
from harness.local_stream.sfu.rtp import MID, OUTGOING_IDS, Packet
from harness.local_stream.sfu.sdp import Codec
from harness.local_stream.sfu.track import PublishedTrack


@dataclass
class Feed:
    """`receptions` are by SSRC of the media; `media_of` leads there from the SSRC of its RTX."""

    track: PublishedTrack
    codec: Codec
    rtx: Codec | None
    extensions: dict[str, int]
    receptions: dict[int, Reception] = field(default_factory=dict)
    media_of: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.relabel = {
            number: OUTGOING_IDS[uri]
            for uri, number in self.extensions.items()
            if uri in OUTGOING_IDS and uri != MID
        }

    def reception(self, ssrc: int) -> Reception:
        found = self.receptions.get(ssrc)
        if found is None:
            found = Reception(ssrc, self.codec.clock_rate, retransmits="nack" in self.codec.feedback)
            self.receptions[ssrc] = found
        return found

    def unwrap(self, packet: Packet) -> Packet | None:
        """The media packet inside a retransmission; None for padding and for what came already (probes)."""
        media = self.media_of.get(packet.ssrc) or next(iter(self.receptions), None)
        if media is None or len(packet.payload) <= 2:
            return None
        sequence = int.from_bytes(packet.payload[:2], "big")
        if self.track.history.find(media, sequence):
            return None
        return packet.with_payload(
            ssrc=media, payload_type=self.codec.payload_type, sequence=sequence, payload=packet.payload[2:]
        )


def accepted(codec: Codec, info: Message) -> Codec:
    """`codec` as the answer names it: the feedback that we give, and for Opus what the client announced."""
    wanted = [*VIDEO_FEEDBACK, "goog-remb"]
    feedback = [each for each in codec.feedback if each in wanted]
    parameters = codec.parameters
    if codec.name.lower() == "opus":
        extra = [text for text, on in (("stereo=1", info.stereo), ("usedtx=1", info.dtx)) if on]
        parameters = ";".join([parameters or "minptime=10;useinbandfec=1", *extra])
    return Codec(codec.payload_type, codec.name, codec.clock_rate, codec.channels, parameters, feedback)
