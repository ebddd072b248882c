"""What publishers are answered: offers of Chromium and Firefox with both generations of Stream's client.

`seed` is client 1.0.8, which sends simulcast whatever it is asked for; the others are of 1.60.
"""

import asyncio
from pathlib import Path

import pytest

from harness.local_stream.sfu.errors import SfuError
from harness.local_stream.sfu.protocol import Message, models
from harness.local_stream.sfu.publisher import PublisherPeer
from harness.local_stream.sfu.rtp import AUDIO_LEVEL, MID, REPAIRED_RID, RID, Packet, element, write
from harness.local_stream.sfu.sdp import Description
from harness.local_stream.sfu.track import PublishedTrack
from harness.local_stream.sfu.transport import Identity
from tests.unit.local_stream.sfu.conftest import Run

RECORDED = Path(__file__).parent / "recorded"
VIDEO, AUDIO = models.TRACK_TYPE_VIDEO, models.TRACK_TYPE_AUDIO


def offer(name: str) -> str:
    return (RECORDED / f"{name}.sdp").read_text()


def info(kind: int, mid: str, **more: Message) -> Message:
    return models.TrackInfo(track_id=f"track-{mid}", track_type=kind, mid=mid, **more)


class Owner:
    """Remembers the tracks of one publisher."""

    def __init__(self) -> None:
        self.tracks: list[PublishedTrack] = []

    def track_added(self, track: PublishedTrack, info: Message) -> None:
        assert info.track_type == track.type
        self.tracks.append(track)

    def track_removed(self, track: PublishedTrack) -> None:
        self.tracks.remove(track)


class Publisher:
    """A peer of the SFU that is offered to."""

    def __init__(self) -> None:
        self.owner = Owner()
        self.peer = PublisherPeer(Identity(), self.owner)

    async def offers(self, sdp: str, *infos: Message) -> Description:
        return Description.parse(await self.peer.negotiate(sdp, infos))


def answer_to(run: Run, sdp: str, *infos: Message) -> str:
    """The answer to one offer."""
    answers: list[str] = []

    async def scenario() -> None:
        peer = Publisher().peer
        answers.append(await peer.negotiate(sdp, infos))
        await peer.close()

    run(scenario)
    return answers[0]


def answered(run: Run, sdp: str, *infos: Message) -> Description:
    return Description.parse(answer_to(run, sdp, *infos))


@pytest.mark.parametrize(
    ("name", "rids"),
    [
        ("chromium_156_seed_video_audio", ["q", "h"]),
        ("firefox_153_seed_video_audio", ["q", "h", "f"]),
        ("firefox_153_publisher_video_audio", ["q", "h", "f"]),
    ],
)
def test_simulcast_is_answered_with_its_layers_and_the_extensions_that_name_them(
    run: Run, name: str, rids: list[str]
) -> None:
    """Without the extensions Chromium refuses its own next offer."""
    text = answer_to(run, offer(name), info(VIDEO, "0"), info(AUDIO, "1"))
    offered = Description.parse(offer(name)).sections[0]
    video, audio = Description.parse(text).sections
    assert (offered.rids, video.direction, audio.direction) == (rids, "recvonly", "recvonly")
    assert [line for line in text.splitlines() if line.startswith(("a=rid", "a=simulcast"))] == [
        *(f"a=rid:{rid} recv" for rid in rids),
        f"a=simulcast:recv {';'.join(rids)}",
    ]
    named = {uri: offered.extensions[uri] for uri in (MID, RID, REPAIRED_RID)}
    assert named.items() <= video.extensions.items()
    assert AUDIO_LEVEL in audio.extensions


@pytest.mark.parametrize(
    "name",
    [
        "chromium_156_publisher_video",
        "chromium_156_seed_video",
        "firefox_153_publisher_video",
        "firefox_153_seed_video_audio",
    ],
)
def test_what_repairs_a_picture_is_agreed_on_and_other_repairs_are_refused(run: Run, name: str) -> None:
    video = answered(run, offer(name), info(VIDEO, "0")).sections[0]
    assert [codec.name for codec in video.codecs.values()] == ["VP8", "rtx"]
    vp8 = video.codec("VP8")
    assert vp8 is not None
    assert set(vp8.feedback) == {"nack", "nack pli", "ccm fir", "goog-remb"}
    assert video.rtx_for(vp8.payload_type) is not None


@pytest.mark.parametrize("name", ["H264", "VP9", "VP8"])
def test_codec_that_the_client_announces_is_the_one_in_the_answer(run: Run, name: str) -> None:
    announced = info(VIDEO, "0", codec=models.Codec(name=name.lower()))
    sdp = offer("chromium_156_publisher_video")
    video = answered(run, sdp, announced).sections[0]
    offered = Description.parse(sdp).sections[0].codec(name)
    chosen = video.codec(name)
    assert offered is not None
    assert chosen is not None
    assert (chosen.payload_type, chosen.parameters) == (offered.payload_type, offered.parameters)
    assert [codec.name for codec in video.codecs.values()] == [name, "rtx"]


def test_codec_that_nobody_announced_is_one_of_those_that_are_offered(run: Run) -> None:
    """The vendor's Python client of before the native one offers VP9 alone, and announces nothing."""
    no_vp8 = offer("chromium_156_publisher_video").replace(" VP8/90000", " VP0/90000")
    no_h264 = no_vp8.replace(" H264/90000", " H0/90000")
    for sdp, name in ((no_vp8, "H264"), (no_h264, "VP9")):
        [video, *_] = answered(run, sdp, info(VIDEO, "0")).sections
        assert [codec.name for codec in video.codecs.values()] == [name, "rtx"]


def test_codec_that_is_not_offered_is_refused_in_a_sentence(run: Run) -> None:
    with pytest.raises(SfuError, match="has no codec 'h266'"):
        answered(run, offer("chromium_156_seed_video"), info(VIDEO, "0", codec=models.Codec(name="h266")))


@pytest.mark.parametrize("name", ["chromium_156_seed_video_audio", "firefox_153_seed_video_audio"])
def test_sound_is_opus_alone_and_says_once_what_was_announced(run: Run, name: str) -> None:
    announced = info(AUDIO, "1", stereo=True, dtx=True, red=True)
    [_, audio] = answered(run, offer(name), announced).sections
    [opus] = audio.codecs.values()
    assert opus.name == "opus"
    said = opus.parameters.split(";")
    assert (said.count("stereo=1"), said.count("usedtx=1")) == (1, 1)


def test_second_offer_leaves_the_first_track_as_it_is(run: Run) -> None:
    async def scenario() -> None:
        publisher = Publisher()
        first = await publisher.offers(offer("chromium_156_seed_video"), info(VIDEO, "0"))
        video = publisher.owner.tracks[0]
        second = await publisher.offers(
            offer("chromium_156_seed_video_audio"), info(VIDEO, "0"), info(AUDIO, "1")
        )
        assert [track.type for track in publisher.owner.tracks] == [VIDEO, AUDIO]
        assert publisher.owner.tracks[0] is video
        assert [layer.rid for layer in video.layers] == ["q", "h"]
        assert second.sections[0] == first.sections[0]
        await publisher.peer.close()

    run(scenario)


def test_track_whose_section_was_given_up_ends_and_the_others_stay(run: Run) -> None:
    both = offer("chromium_156_publisher_video_audio")
    video_gone = both.replace("m=video 54263 ", "m=video 0 ")

    async def scenario() -> None:
        publisher = Publisher()
        await publisher.offers(both, info(VIDEO, "0"), info(AUDIO, "1"))
        answer = await publisher.offers(video_gone, info(AUDIO, "1"))
        assert [track.type for track in publisher.owner.tracks] == [AUDIO]
        assert [section.rejected for section in answer.sections] == [True, False]
        assert answer.attributes["group"] == "BUNDLE 1"
        await publisher.peer.close()

    run(scenario)


def test_offer_that_is_refused_changes_nothing(run: Run) -> None:
    async def scenario() -> None:
        publisher = Publisher()
        await publisher.offers(offer("chromium_156_seed_video"), info(VIDEO, "0"))
        with pytest.raises(SfuError, match="names mid '7'"):
            await publisher.offers(offer("chromium_156_seed_video_audio"), info(VIDEO, "7"))
        no_codec = info(VIDEO, "0", codec=models.Codec(name="h266"))
        with pytest.raises(SfuError, match="has no codec 'h266'"):
            await publisher.offers(offer("chromium_156_seed_video_audio"), info(AUDIO, "1"), no_codec)
        assert [track.type for track in publisher.owner.tracks] == [VIDEO]
        await publisher.peer.close()

    run(scenario)


def test_track_that_is_named_before_it_is_offered_keeps_no_other_waiting(run: Run) -> None:
    """Client 1.0 does so when a track is added while it makes an offer, and takes no refusal back."""

    async def scenario() -> None:
        publisher = Publisher()
        video, audio = info(VIDEO, "0"), info(AUDIO, "1")
        first = await publisher.offers(offer("chromium_156_seed_video"), video, audio)
        assert [track.type for track in publisher.owner.tracks] == [VIDEO]
        assert [section.direction for section in first.sections] == ["recvonly"]
        await publisher.offers(offer("chromium_156_seed_video_audio"), video, audio)
        assert [track.type for track in publisher.owner.tracks] == [VIDEO, AUDIO]
        await publisher.peer.close()

    run(scenario)


def test_layers_of_a_client_that_migrates_with_its_connection_are_known(run: Run) -> None:
    """Client 1.0 does: its browser has long ceased to say which stream is which layer."""

    async def scenario() -> None:
        before, after = Publisher(), Publisher()
        sdp = offer("chromium_156_seed_video")
        await before.offers(sdp, info(VIDEO, "0"))
        for ssrc, rid in ((1, b"q"), (2, b"h")):
            before.peer.on_rtp(_packet(sdp, ssrc, {MID: b"0", RID: rid}), 0.0)
        after.peer.before = before.peer
        await after.offers(sdp, info(VIDEO, "0"))
        for ssrc in (1, 2):
            after.peer.on_rtp(_packet(sdp, ssrc, {}), 0.0)
        assert {layer.rid: layer.ssrc for layer in after.owner.tracks[0].layers} == {"q": 1, "h": 2}
        for publisher in (before, after):
            await publisher.peer.close()

    run(scenario)


def _packet(sdp: str, ssrc: int, named: dict[str, bytes]) -> bytes:
    """One of VP8, with these extensions as the offer numbers them."""
    section = Description.parse(sdp).sections[0]
    vp8 = section.codec("VP8")
    assert vp8 is not None
    elements = b"".join(element(section.extensions[uri], value) for uri, value in named.items())
    packet = Packet(vp8.payload_type, True, 1, 1, ssrc, {}, b"")
    return write(
        packet,
        ssrc=ssrc,
        payload_type=vp8.payload_type,
        sequence=1,
        timestamp=1,
        elements=elements,
        payload=bytes(8),
    )


def test_announced_sizes_and_rates_are_those_of_the_layers(run: Run) -> None:
    sizes = {"q": (160, 90), "h": (640, 360)}
    layers = [
        models.VideoLayer(
            rid=rid, bitrate=w * 1000, fps=25, video_dimension=models.VideoDimension(width=w, height=h)
        )
        for rid, (w, h) in sizes.items()
    ]

    async def scenario() -> None:
        publisher = Publisher()
        await publisher.offers(offer("chromium_156_seed_video"), info(VIDEO, "0", layers=layers))
        [video] = publisher.owner.tracks
        assert {each.rid: (each.width, each.height) for each in video.layers} == sizes
        assert [(each.bitrate, each.fps) for each in video.layers] == [(160_000, 25), (640_000, 25)]
        await publisher.peer.close()

    run(scenario)


@pytest.mark.parametrize("browser", ["chromium_156", "firefox_153"])
def test_ice_restart_is_answered_with_new_credentials(run: Run, browser: str) -> None:
    async def scenario() -> None:
        publisher = Publisher()
        infos = info(VIDEO, "0"), info(AUDIO, "1")
        before = await publisher.offers(offer(f"{browser}_publisher_video_audio"), *infos)
        after = await publisher.offers(offer(f"{browser}_publisher_ice_restart"), *infos)
        assert before.transport().username != after.transport().username
        assert before.transport().fingerprints == after.transport().fingerprints
        assert len(publisher.owner.tracks) == 2
        await asyncio.wait_for(publisher.peer.close(), 10)

    run(scenario)
