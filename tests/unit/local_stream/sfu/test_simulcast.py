"""Two layers of a real browser, one to each viewer: it must look like one stream, whatever happens."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from harness.local_stream.sfu.layer import SILENT_SECONDS, Layer
from harness.local_stream.sfu.layers import Layers
from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.rewrite import Outgoing, Rewriter
from harness.local_stream.sfu.rtcp import ReportBlock, SenderReport, receiver_report
from harness.local_stream.sfu.rtp import Packet
from harness.local_stream.sfu.sdp_section import Codec
from harness.local_stream.sfu.subscriber import SubscriberPeer
from harness.local_stream.sfu.subscription import BEST, Wish
from harness.local_stream.sfu.track import PublishedTrack
from harness.local_stream.sfu.transport import Identity
from harness.local_stream.sfu.viewer_track import ViewerTrack
from harness.local_stream.sfu.vp8 import Descriptor, starts_key_frame
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.recorded_packets import packets
from tests.unit.local_stream.sfu.test_track import Wire

SMALL, LARGE = Wish(160, 90), Wish(640, 360)
SIZES = {"q": SMALL, "h": LARGE}


class Party:
    """A host that sends as recorded, and one viewer; `asked` names the layers asked for a key frame."""

    def __init__(self, wish: Wish) -> None:
        self.asked: list[str] = []
        self.now = 0.0
        layers = Layers(Layer(rid, 90_000, lambda each: self.asked.append(each.rid)) for rid in SIZES)
        layers.announce(
            models.VideoLayer(
                rid=rid, video_dimension=models.VideoDimension(width=size.width, height=size.height)
            )
            for rid, size in SIZES.items()
        )
        self.track = PublishedTrack(2, Codec(96, "VP8", 90_000), layers)
        self.wire = Wire()
        outgoing = Outgoing(1000, 96, 90_000, "0", rtx_ssrc=2000, rtx_payload_type=97, codec="VP8")
        self.viewer = ViewerTrack(self.track, Rewriter(outgoing), self.wire, wish)
        self.viewer.agree()
        self._rids: dict[int, str] = {}

    def sends(self, recorded: Iterator[tuple[float, Packet]], until: float) -> None:
        """Play the recording on, up to this time of it; the extensions name the layers at first."""
        for arrival, packet in recorded:
            self.now = arrival
            if 10 in packet.extensions:
                self._rids[packet.ssrc] = packet.extensions[10].decode()
            self.layer_sends(self._rids[packet.ssrc], packet, arrival)
            if arrival >= until:
                return

    def layer_sends(self, rid: str, packet: Packet, at: float) -> None:
        layer = self.track.layers.named(rid)
        assert layer is not None
        self.track.forward(layer, packet, b"", at)

    @property
    def got(self) -> list[Packet]:
        return [packet for packet in self.wire.rtp if packet.ssrc == 1000]

    @property
    def flowing(self) -> str:
        assert self.viewer.flowing is not None
        return self.viewer.flowing.rid


def recording() -> Iterator[tuple[float, Packet]]:
    return iter(packets("vp8_simulcast"))


def check_continuous(got: list[Packet]) -> None:
    """As a decoder's buffers want it: nothing missing, nothing twice, no step back."""
    for before, after in pairwise(got):
        assert (after.sequence - before.sequence) & 0xFFFF == 1
        old, new = Descriptor.read(before.payload), Descriptor.read(after.payload)
        assert old is not None
        assert new is not None
        step = (after.timestamp - before.timestamp) & 0xFFFFFFFF
        assert step < 90_000 // 2
        assert (new.picture_id - old.picture_id) % 0x8000 == (1 if step else 0)
        assert (new.tl0 - old.tl0) % 0x100 <= 1


@pytest.mark.parametrize(("wish", "rid"), [(SMALL, "q"), (LARGE, "h"), (BEST, "h")])
def test_viewer_gets_the_layer_of_its_size_alone(wish: Wish, rid: str) -> None:
    party = Party(wish)
    party.sends(recording(), 1001.0)
    assert party.flowing == rid
    sources = {
        packet.ssrc for _, packet in packets("vp8_simulcast") if packet.extensions.get(10) == rid.encode()
    }
    assert len(sources) == 1
    assert {party.viewer.rewriter.source} == sources
    check_continuous(party.got)


@pytest.mark.parametrize(("first", "then"), [(SMALL, LARGE), (LARGE, SMALL)])
def test_change_of_size_goes_over_at_a_key_frame_and_the_stream_is_one(first: Wish, then: Wish) -> None:
    party, recorded = Party(first), recording()
    party.sends(recorded, 1000.6)
    before = party.flowing
    party.viewer.want(then)
    party.sends(recorded, 1001.5)
    assert party.flowing == before, "nothing to go over with before the key frame"
    assert party.asked[-1] != before
    party.sends(recorded, 1002.0)
    assert party.flowing != before
    assert any(starts_key_frame(packet.payload) for packet in party.got[1:])
    check_continuous(party.got)


def test_change_there_and_back_again_is_one_stream() -> None:
    party, recorded = Party(SMALL), recording()
    party.sends(recorded, 1000.05)
    party.viewer.want(LARGE)
    party.sends(recorded, 1000.5)
    assert party.flowing == "h"
    party.viewer.want(SMALL)
    party.sends(recorded, 1002.0)
    assert party.flowing == "q"
    check_continuous(party.got)


def test_time_of_the_layers_is_compared_by_the_senders_own_clock() -> None:
    """Packets of the larger layer arrive later; the reports say when they were captured."""
    party, recorded = Party(SMALL), recording()
    party.sends(recorded, 1000.05)
    tenth = (1 << 32) // 10
    (q, h) = party.track.layers
    for layer, first, captured in ((q, 2836701454, 770 * tenth), (h, 1736428744, 771 * tenth)):
        assert layer.ssrc is not None
        party.track.forward_report(layer, SenderReport(layer.ssrc, captured, first, 0, 0))
    party.viewer.want(LARGE)
    party.sends(recorded, 1000.5)
    steps = [(after.timestamp - before.timestamp) & 0xFFFFFFFF for before, after in pairwise(party.got)]
    assert party.flowing == "h"
    # The last small picture and the first large one are of one moment, which the reports put 0.1 s apart.
    assert any(abs(step - 9_000) <= 1 for step in steps)


def test_pause_by_size_zero_sends_nothing_and_asks_for_nothing() -> None:
    party, recorded = Party(LARGE), recording()
    party.sends(recorded, 1000.5)
    party.viewer.want(Wish(0, 0))
    count, party.asked = len(party.got), []
    assert not party.track.watched_layers()
    party.sends(recorded, 1001.0)
    assert (len(party.got), party.asked) == (count, [])
    party.viewer.want(LARGE)
    assert party.asked == ["h"]
    party.sends(recorded, 1002.0)
    assert len(party.got) > count
    check_continuous(party.got[count:])
    assert (party.got[count].sequence - party.got[count - 1].sequence) & 0xFFFF == 1


def test_what_was_lost_before_the_change_is_sent_again_from_its_own_layer() -> None:
    party, recorded = Party(SMALL), recording()
    party.sends(recorded, 1000.1)
    lost = party.got[-1]
    party.viewer.want(LARGE)
    party.sends(recorded, 1000.5)
    assert party.flowing == "h"
    party.viewer.resend([lost.sequence])
    again = party.wire.rtp[-1]
    assert (again.ssrc, again.timestamp) == (2000, lost.timestamp)
    assert again.payload == lost.sequence.to_bytes(2, "big") + lost.payload


def test_lower_layer_stands_in_while_the_right_one_does_not_come() -> None:
    """And gives way to it, at its key frame, as soon as it does."""
    party = Party(LARGE)
    from_q = [(at, packet) for at, packet in packets("vp8_simulcast") if packet.ssrc % 1000 == 747]
    from_h = [(at, packet) for at, packet in packets("vp8_simulcast") if packet.ssrc % 1000 == 567]
    for at, packet in from_q:
        party.layer_sends("q", packet, at)
    assert party.got, "the lower one alone flows in the end"
    first = from_q[0][0]
    began = next(
        at for at, packet in from_q if at - first > SILENT_SECONDS and starts_key_frame(packet.payload)
    )
    assert len(party.got) == len([at for at, _ in from_q if at >= began])
    for number, (_, packet) in enumerate(from_h[:5]):
        party.layer_sends("h", packet, from_q[-1][0] + number / 20)
    assert party.flowing == "h"


def test_viewer_that_loses_much_gets_the_smaller_picture_and_the_host_hears_of_it() -> None:
    party, recorded = Party(LARGE), recording()
    party.sends(recorded, 1000.1)
    demanded: list[set[str]] = []
    party.track.demand_changed = lambda: demanded.append({each.rid for each in party.track.watched_layers()})
    for second in range(3):
        party.viewer.note_loss(0.3, 1000.2 + second)
    party.sends(recorded, 1002.0)
    assert (party.flowing, demanded) == ("q", [{"q"}])
    check_continuous(party.got)


def test_who_has_one_layer_loses_as_it_will() -> None:
    party = Party(SMALL)
    party.sends(recording(), 1000.1)
    for second in range(5):
        party.viewer.note_loss(0.9, 1000.2 + second)
    party.viewer.want(LARGE)
    assert party.viewer.aim.rid == "h"


def test_loss_is_what_the_viewers_own_reports_say(run: Run) -> None:
    party = Party(LARGE)
    party.sends(recording(), 1000.1)

    async def scenario() -> None:
        peer = SubscriberPeer(Identity(), lambda _sdp, _restart: None)
        peer._by_ssrc[1000] = party.viewer
        for second in range(3):
            report = ReportBlock(1000, 100, 5, 9, 0, 0, 0)
            peer.on_rtcp(receiver_report(1, [report]), 1000.2 + second)
        await peer.close()

    run(scenario)
    assert party.viewer.aim.rid == "q"
