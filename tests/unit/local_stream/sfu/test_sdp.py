"""Offers and answers as Chromium 156 and Firefox 153 with Stream's JS client 1.60.0 made them."""

from pathlib import Path

import pytest
from aiortc.sdp import SessionDescription

from harness.local_stream.sfu.errors import SfuError
from harness.local_stream.sfu.payload_types import SubscriberCodecs
from harness.local_stream.sfu.rtp import MID, OUTGOING_IDS
from harness.local_stream.sfu.sdp import Description
from harness.local_stream.sfu.sdp_section import Codec
from harness.local_stream.sfu.sdp_write import Line, Refused, describe
from harness.local_stream.sfu.transport import LocalDescription

RECORDED = Path(__file__).parent / "recorded"
LOCAL = LocalDescription(
    "ufrag", "password", "sha-256 AA:BB", ["candidate:1 1 udp 2130706431 127.0.0.1 9 typ host"]
)


BROWSERS = ("chromium_156", "firefox_153")


def recorded(name: str, browser: str = "chromium_156") -> Description:
    return Description.parse((RECORDED / f"{browser}_{name}.sdp").read_text())


def test_publisher_offer_is_read() -> None:
    offer = recorded("publisher_video")
    [video] = offer.sections
    assert (video.kind, video.mid, video.direction, video.rejected) == ("video", "0", "sendonly", False)
    vp8 = video.codec("vp8")
    assert vp8 is not None
    assert (vp8.payload_type, vp8.clock_rate) == (96, 90_000)
    assert {"nack", "nack pli", "ccm fir", "goog-remb"} <= set(vp8.feedback)
    rtx = video.rtx_for(96)
    assert rtx is not None
    assert rtx.payload_type == 97
    assert len(video.groups) == 1
    assert video.groups[0] == tuple(video.ssrcs)
    assert video.extensions[MID] == 9
    assert offer.transport().setup == "actpass"


def test_first_codec_of_a_name_is_the_one_that_the_browser_prefers() -> None:
    h264 = recorded("publisher_video").sections[0].codec("H264")
    assert h264 is not None
    assert h264.payload_type == 102
    assert "packetization-mode=1" in h264.parameters


def test_second_offer_adds_a_section_and_keeps_the_transport() -> None:
    first, second = recorded("publisher_video"), recorded("publisher_video_audio")
    assert [section.kind for section in second.sections] == ["video", "audio"]
    opus = second.sections[1].codec("opus")
    assert opus is not None
    assert (opus.payload_type, opus.channels) == (111, 2)
    assert first.transport().username == second.transport().username


@pytest.mark.parametrize("browser", BROWSERS)
def test_ice_restart_shows_in_the_credentials(browser: str) -> None:
    before, after = recorded("publisher_video_audio", browser), recorded("publisher_ice_restart", browser)
    assert before.transport().username != after.transport().username
    assert before.transport().fingerprints == after.transport().fingerprints


@pytest.mark.parametrize("browser", BROWSERS)
def test_answer_to_the_subscriber_offer_takes_the_active_part(browser: str) -> None:
    answer = recorded("subscriber_answer", browser)
    assert [(section.kind, section.rejected) for section in answer.sections] == [
        ("audio", False),
        ("video", False),
    ]
    assert answer.sections[1].rtx_for(96) is not None
    assert answer.transport().setup == "active"
    assert {section.direction for section in answer.sections} == {"recvonly"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "v=0"),
        ("hello", "v=0"),
        ("v=0\r\nm=video x UDP/TLS/RTP/SAVPF 96", "could not be read"),
        ("v=0\r\nm=video", "could not be read"),
        ("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=extmap:x", "could not be read"),
    ],
)
def test_what_is_no_description_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(SfuError, match=said):
        Description.parse(text)


def test_description_without_a_transport_is_refused() -> None:
    with pytest.raises(SfuError, match="ice-ufrag"):
        Description.parse("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n").transport()


def test_written_offer_is_read_by_another() -> None:
    lines: list[Line | Refused] = [
        Line(
            "video",
            "0",
            "sendonly",
            SubscriberCodecs().of(Codec(120, "VP8", 90_000)),
            OUTGOING_IDS,
            [11, 12],
            stream="p:V",
            track="t",
        ),
        Refused("audio", "1", "UDP/TLS/RTP/SAVPF", ["111"]),
    ]
    text = describe(lines, LOCAL, setup="actpass", session=1, version=2)
    theirs = SessionDescription.parse(text)
    video, audio = theirs.media
    assert [(c.name, c.payloadType) for c in video.rtp.codecs] == [("VP8", 96), ("rtx", 97)]
    assert {each.uri: each.id for each in video.rtp.headerExtensions} == OUTGOING_IDS
    assert [each.ssrc for each in video.ssrc] == [11, 12]
    assert video.ssrc_group[0].items == [11, 12]
    assert (video.direction, video.msid, video.dtls.role) == ("sendonly", "p:V t", "auto")
    assert [each.ip for each in video.ice_candidates] == ["127.0.0.1"]
    assert (audio.port, audio.rtp.muxId) == (0, "1")
    assert [each.items for each in theirs.group] == [["0"]]
