"""When a track flows to a viewer, and what is asked of its publisher for that."""

from dataclasses import dataclass, field

from harness.local_stream.sfu import rtcp
from harness.local_stream.sfu.layer import KEY_FRAME_SECONDS, Layer
from harness.local_stream.sfu.layers import Layers
from harness.local_stream.sfu.rewrite import Outgoing, Rewriter
from harness.local_stream.sfu.rtcp import SenderReport
from harness.local_stream.sfu.rtp import Packet
from harness.local_stream.sfu.sdp_section import Codec
from harness.local_stream.sfu.subscription import BEST
from harness.local_stream.sfu.track import PublishedTrack
from harness.local_stream.sfu.viewer_track import ViewerTrack
from tests.unit.local_stream.sfu.test_rtp import packet

KEY, DELTA = b"\x10\x10\x02\x00", b"\x10\x11\x02\x00"


@dataclass
class Wire:
    """A viewer's transport that keeps what it is given."""

    connected: bool = True
    rtp: list[Packet] = field(default_factory=list)
    rtcp: list[bytes] = field(default_factory=list)

    def send_rtp(self, data: bytes) -> bool:
        self.rtp.append(Packet.parse(data))
        return True

    def send_rtcp(self, data: bytes) -> bool:
        self.rtcp.append(data)
        return True


class Stage:
    """One video track with one viewer; `asked` counts requests for a key frame."""

    def __init__(self, *, connected: bool = True, agreed: bool = True) -> None:
        self.asked = 0
        self.wire = Wire(connected=False)
        self.layer = Layer("", 90_000, self._ask)
        self.track = PublishedTrack(2, Codec(120, "VP8", 90_000), Layers([self.layer]))
        outgoing = Outgoing(1000, 96, 90_000, "0", rtx_ssrc=2000, rtx_payload_type=97)
        self.viewer = ViewerTrack(self.track, Rewriter(outgoing), self.wire)
        if agreed:
            self.viewer.agree()
        self.wire.connected = connected

    def send(self, sequence: int, payload: bytes = DELTA, at: float = 0.0, ssrc: int = 3) -> None:
        source = packet(sequence=sequence, timestamp=sequence * 10, payload=payload, ssrc=ssrc)
        self.track.forward(self.layer, source, b"", at)

    @property
    def got(self) -> list[int]:
        return [each.sequence for each in self.wire.rtp]

    def _ask(self, _layer: Layer) -> None:
        self.asked += 1


def test_viewer_begins_with_a_key_frame_and_one_is_asked_for() -> None:
    stage = Stage()
    stage.send(1, at=10.0)
    stage.send(2, at=10.1)
    assert (stage.got, stage.asked) == ([], 1)
    stage.send(3, KEY, at=10.2)
    stage.send(4, at=10.3)
    assert (stage.got, stage.asked) == ([3, 4], 1)


def test_key_frame_that_does_not_come_is_asked_for_again() -> None:
    stage = Stage()
    stage.send(1, at=10.0)
    stage.send(2, at=10.0 + KEY_FRAME_SECONDS)
    assert stage.asked == 2


def test_next_request_need_not_wait_once_the_last_was_granted() -> None:
    stage = Stage()
    stage.send(1, at=10.0)
    stage.send(2, KEY, at=10.05)
    stage.viewer.need_key_frame(10.1)
    stage.viewer.need_key_frame(10.15)
    assert stage.asked == 2


def test_nothing_is_sent_nor_asked_before_the_viewer_is_connected() -> None:
    stage = Stage(connected=False)
    stage.viewer.ready()
    stage.send(1, KEY)
    assert (stage.got, stage.asked) == ([], 0)
    stage.wire.connected = True
    stage.viewer.ready()
    assert stage.asked == 1


def test_nothing_is_sent_before_the_client_answered_the_offer() -> None:
    stage = Stage(agreed=False)
    stage.viewer.ready()
    stage.send(1, KEY)
    assert (stage.got, stage.asked) == ([], 0)
    stage.viewer.agree()
    assert stage.asked == 1
    stage.send(2, KEY)
    assert stage.got == [2]


def test_paused_viewer_gets_nothing_and_begins_anew() -> None:
    stage = Stage()
    stage.send(1, KEY)
    stage.viewer.want(None)
    stage.send(2)
    stage.send(3, KEY)
    stage.viewer.want(BEST)
    stage.send(4)
    stage.send(5, KEY)
    assert [each.timestamp for each in stage.wire.rtp] == [10, 50]
    assert stage.got == [1, 2]


def test_new_source_of_a_track_is_joined_on_at_its_key_frame() -> None:
    stage = Stage()
    stage.send(1, KEY, at=1.0)
    stage.send(500, DELTA, at=1.1, ssrc=4)
    stage.send(501, KEY, at=1.2, ssrc=4)
    assert stage.got == [1, 2]
    assert {each.ssrc for each in stage.wire.rtp} == {1000}


def test_late_packet_from_before_the_beginning_is_dropped() -> None:
    stage = Stage()
    stage.send(5, KEY)
    stage.send(4, KEY)
    assert stage.got == [5]


def test_what_a_viewer_lost_is_sent_again_on_its_rtx_stream() -> None:
    stage = Stage()
    for sequence in (1, 2, 3):
        stage.send(sequence, KEY)
    stage.viewer.resend([2, 40])
    again = stage.wire.rtp[3:]
    assert [(each.ssrc, each.payload_type, each.payload) for each in again] == [(2000, 97, b"\x00\x02" + KEY)]


def test_sender_report_speaks_of_the_viewers_stream() -> None:
    stage = Stage()
    stage.track.forward_report(stage.layer, SenderReport(3, 99, 10, 7, 7))
    assert stage.wire.rtcp == []
    stage.send(1, KEY)
    [first] = stage.wire.rtcp
    stage.track.forward_report(stage.layer, SenderReport(3, 100, 20, 8, 8))
    reports = [SenderReport.read(next(rtcp.read(data)).body) for data in (first, stage.wire.rtcp[-1])]
    assert reports == [SenderReport(1000, 99, 10, 0, 0), SenderReport(1000, 100, 20, 1, len(KEY))]


def test_closed_viewer_gets_nothing() -> None:
    stage = Stage()
    stage.send(1, KEY)
    stage.viewer.close()
    stage.viewer.close()
    stage.send(2, KEY)
    assert stage.got == [1]


def test_every_byte_that_was_sent_is_counted() -> None:
    stage = Stage()
    stage.send(1, KEY)
    # 12 bytes of header, 4 + 4 of extension (the mid), 4 of payload
    assert stage.viewer.sent_bytes == 24
