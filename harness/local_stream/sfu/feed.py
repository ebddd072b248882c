"""One section of a publisher's offer: which track it is, and which streams carry it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.local_stream.sfu.layer import Layer
from harness.local_stream.sfu.layers import Layers
from harness.local_stream.sfu.media_path import MediaPath
from harness.local_stream.sfu.protocol import Message
from harness.local_stream.sfu.publish_options import AUDIO_TYPES, VIDEO_FEEDBACK, codecs_of
from harness.local_stream.sfu.reception import Reception
from harness.local_stream.sfu.rtp import INCOMING, MID, OUTGOING_IDS, REPAIRED_RID, RID, Packet
from harness.local_stream.sfu.sdp_section import Codec, Section
from harness.local_stream.sfu.sdp_write import Line
from harness.local_stream.sfu.track import PublishedTrack


@dataclass
class Terms:
    """What a section and its `models.TrackInfo` agree on."""

    codec: Codec
    rtx: Codec | None
    extensions: dict[str, int]
    rids: list[str]

    @classmethod
    def of(cls, section: Section, info: Message) -> Terms | None:
        """None when the section has no codec in which the track may be sent."""
        codec = next((codec for name in codecs_of(info) if (codec := section.codec(name))), None)
        if codec is None:
            return None
        rtx = None if info.track_type in AUDIO_TYPES else section.rtx_for(codec.payload_type)
        extensions = {uri: number for uri, number in section.extensions.items() if uri in INCOMING}
        return cls(_accepted(codec, info), rtx, extensions, section.rids)

    def line(self, section: Section) -> Line:
        """What the answer says of the section."""
        codecs = [self.codec, *([self.rtx] if self.rtx else [])]
        direction = "recvonly" if section.sends else "inactive"
        return Line(section.kind, section.mid, direction, codecs, self.extensions, rids=self.rids)


@dataclass
class Feed:
    """`receptions` and `layers` are by SSRC of the media; `media_of` leads there from the SSRC of its RTX.

    Packets come in by `path`, which its publisher opens.
    """

    track: PublishedTrack
    terms: Terms
    receptions: dict[int, Reception] = field(default_factory=dict)
    layers: dict[int, Layer] = field(default_factory=dict)
    media_of: dict[int, int] = field(default_factory=dict)
    path: MediaPath = field(init=False)

    def __post_init__(self) -> None:
        self.relabel = {
            number: OUTGOING_IDS[uri]
            for uri, number in self.terms.extensions.items()
            if uri in OUTGOING_IDS and uri != MID
        }

    @classmethod
    def of(cls, terms: Terms, info: Message, ask_key_frame: Callable[[Layer], None]) -> Feed:
        rids = terms.rids or [""]
        layers = Layers(Layer(rid, terms.codec.clock_rate, ask_key_frame) for rid in rids)
        return cls(PublishedTrack(info.track_type, terms.codec, layers, muted=info.muted), terms)

    def adopt(self, terms: Terms, section: Section, info: Message) -> None:
        """Take over what an offer says of this section, the first or a later one."""
        self.terms = terms
        self.media_of.update({rtx: media for media, rtx in section.groups})
        self.track.layers.announce(info.layers)

    def inherit(self, before: Feed) -> list[int]:
        """Take over which stream was what before its client migrated; those streams' SSRCs."""
        for ssrc, layer in before.layers.items():
            if mine := self.track.layers.named(layer.rid):
                self.layers[ssrc] = mine
        self.media_of.update(before.media_of)
        return [*self.layers, *self.media_of]

    def is_retransmission(self, packet: Packet) -> bool:
        return self.terms.rtx is not None and packet.payload_type == self.terms.rtx.payload_type

    def has_payload_type(self, number: int) -> bool:
        return number in [each.payload_type for each in (self.terms.codec, self.terms.rtx) if each]

    def layer(self, packet: Packet) -> Layer | None:
        """The layer of a media packet; None while its stream has not said which one it is."""
        found = self.layers.get(packet.ssrc)
        if found is None:
            found = self._named(packet, RID) if self.terms.rids else self.track.layers.lowest
            if found is not None:
                self.layers[packet.ssrc] = found
        return found

    def reception(self, ssrc: int) -> Reception:
        found = self.receptions.get(ssrc)
        if found is None:
            codec = self.terms.codec
            found = Reception(ssrc, codec.clock_rate, retransmits="nack" in codec.feedback)
            self.receptions[ssrc] = found
        return found

    def unwrap(self, packet: Packet) -> Packet | None:
        """The media packet inside a retransmission; None for padding and for what came already (probes)."""
        media = self.media_of.get(packet.ssrc) or self._repaired(packet)
        layer = self.layers.get(media) if media else None
        if media is None or layer is None or len(packet.payload) <= 2:
            return None
        sequence = int.from_bytes(packet.payload[:2], "big")
        if layer.history.find(media, sequence):
            return None
        codec = self.terms.codec
        return packet.with_payload(
            ssrc=media, payload_type=codec.payload_type, sequence=sequence, payload=packet.payload[2:]
        )

    def _repaired(self, packet: Packet) -> int | None:
        """The media that an RTX stream, named by its layer alone, repairs."""
        layer = self._named(packet, REPAIRED_RID) if self.terms.rids else self.track.layers.lowest
        if layer is not None and layer.ssrc is not None:
            self.media_of[packet.ssrc] = layer.ssrc
        return layer.ssrc if layer else None

    def _named(self, packet: Packet, extension: str) -> Layer | None:
        rid = packet.extensions.get(self.terms.extensions.get(extension, 0))
        return self.track.layers.named(rid.decode(errors="replace")) if rid else None


def _accepted(codec: Codec, info: Message) -> Codec:
    """`codec` as the answer names it: the feedback that we give, and for Opus what the client announced."""
    wanted = [*VIDEO_FEEDBACK, "goog-remb"]
    feedback = [each for each in codec.feedback if each in wanted]
    parameters = codec.parameters
    if codec.name.lower() == "opus":
        parameters = parameters or "minptime=10;useinbandfec=1"
        extra = [text for text, on in (("stereo=1", info.stereo), ("usedtx=1", info.dtx)) if on]
        parameters = ";".join([parameters, *(each for each in extra if each not in parameters.split(";"))])
    return Codec(codec.payload_type, codec.name, codec.clock_rate, codec.channels, parameters, feedback)
