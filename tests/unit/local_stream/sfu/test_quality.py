"""What a publisher is told to send, as its viewers come, change and go."""

import asyncio

import pytest

from harness.local_stream.sfu import quality
from harness.local_stream.sfu.layer import Layer
from harness.local_stream.sfu.layers import Layers
from harness.local_stream.sfu.protocol import Message, models
from harness.local_stream.sfu.quality import PublishQuality
from harness.local_stream.sfu.rewrite import Outgoing, Rewriter
from harness.local_stream.sfu.sdp_section import Codec
from harness.local_stream.sfu.subscription import Wish
from harness.local_stream.sfu.track import PublishedTrack
from harness.local_stream.sfu.viewer_track import ViewerTrack
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.test_track import Wire

SMALL, LARGE = Wish(160, 90), Wish(1280, 720)
SIZES = {"q": (320, 180), "h": (640, 360), "f": (1280, 720)}


def track(kind: int = models.TRACK_TYPE_VIDEO, rids: str = "qhf") -> PublishedTrack:
    layers = Layers(Layer(rid, 90_000, lambda _: None) for rid in rids)
    layers.announce(
        models.VideoLayer(
            rid=rid, bitrate=w * 1000, fps=20, video_dimension=models.VideoDimension(width=w, height=h)
        )
        for rid, (w, h) in SIZES.items()
    )
    return PublishedTrack(kind, Codec(96, "VP8", 90_000), layers)


class Stage:
    """A publisher's camera, and what its client is told."""

    def __init__(self) -> None:
        self.track = track()
        self.told: list[Message] = []
        info = models.TrackInfo(track_type=models.TRACK_TYPE_VIDEO, publish_option_id=7)
        self.quality = PublishQuality(self.track, info, self._tell)
        self.track.demand_changed = self.quality.review

    def viewer(self, wish: Wish) -> ViewerTrack:
        return ViewerTrack(self.track, Rewriter(Outgoing(1000, 96, 90_000, "0")), Wire(), wish)

    async def next(self) -> str:
        """The layers that are active in what is told next."""
        async with asyncio.timeout(5):
            while not self.told:
                await asyncio.sleep(0)
        return active(self.told.pop(0))

    def _tell(self, event: Message) -> None:
        [sender] = event.change_publish_quality.video_senders
        self.told.append(sender)


def active(sender: Message) -> str:
    return "".join(layer.name for layer in sender.layers if layer.active)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "UNWATCHED_SECONDS", 0.05)


def test_what_nobody_watches_is_stopped_but_for_the_lowest(run: Run) -> None:
    async def scenario() -> None:
        stage = Stage()
        stage.quality.review()
        assert stage.told == []
        assert await stage.next() == "q"

    run(scenario)


def test_what_somebody_wants_is_started_at_once_and_stopped_later(run: Run) -> None:
    async def scenario() -> None:
        stage = Stage()
        stage.quality.review()
        await stage.next()
        viewer = stage.viewer(SMALL)
        assert stage.told == []
        viewer.want(LARGE)
        assert [active(each) for each in stage.told] == ["qf"]
        stage.told.clear()
        viewer.want(SMALL)
        assert stage.told == []
        assert await stage.next() == "q"

    run(scenario)


def test_what_is_left_flows_on_until_the_other_can_have_taken_over(run: Run) -> None:
    async def scenario() -> None:
        stage = Stage()
        viewer = stage.viewer(Wish(640, 360))
        assert await stage.next() == "qh"
        viewer.want(LARGE)
        assert [active(each) for each in stage.told] == ["qhf"]
        stage.told.clear()
        assert await stage.next() == "qf"

    run(scenario)


def test_who_comes_back_in_time_finds_nothing_stopped(run: Run) -> None:
    async def scenario() -> None:
        stage = Stage()
        viewer = stage.viewer(LARGE)
        assert await stage.next() == "qf"
        viewer.want(None)
        viewer.want(LARGE)
        await asyncio.sleep(3 * quality.UNWATCHED_SECONDS)
        assert stage.told == []

    run(scenario)


def test_viewers_are_served_together_and_one_that_leaves_wants_nothing(run: Run) -> None:
    async def scenario() -> None:
        stage = Stage()
        stage.viewer(Wish(640, 360))
        large = stage.viewer(LARGE)
        await asyncio.sleep(3 * quality.UNWATCHED_SECONDS)
        assert stage.told == [], "all three are sent from the beginning, and wanted"
        large.close()
        assert await stage.next() == "qh"

    run(scenario)


def test_event_names_the_track_and_repeats_what_was_announced(run: Run) -> None:
    async def scenario() -> None:
        stage = Stage()
        stage.quality.review()
        await stage.next()
        stage.quality.repeat()
        [sender] = stage.told
        assert (sender.track_type, sender.publish_option_id) == (models.TRACK_TYPE_VIDEO, 7)
        assert [(each.name, each.max_bitrate, each.max_framerate) for each in sender.layers] == [
            ("q", 320_000, 20),
            ("h", 640_000, 20),
            ("f", 1_280_000, 20),
        ]
        assert active(sender) == "q"

    run(scenario)


def test_nothing_is_told_after_the_end(run: Run) -> None:
    async def scenario() -> None:
        stage = Stage()
        stage.quality.review()
        stage.quality.close()
        await asyncio.sleep(3 * quality.UNWATCHED_SECONDS)
        assert stage.told == []

    run(scenario)


@pytest.mark.parametrize(
    ("kind", "rids", "option", "told"),
    [
        (models.TRACK_TYPE_VIDEO, "qhf", 0, True),
        (models.TRACK_TYPE_VIDEO, "q", 0, False),
        (models.TRACK_TYPE_SCREEN_SHARE, "qhf", 3, True),
        (models.TRACK_TYPE_SCREEN_SHARE, "qhf", 0, False),  # client 1.0 would change its camera
    ],
)
def test_who_has_no_choice_or_would_misunderstand_is_not_told(
    kind: int, rids: str, option: int, told: bool
) -> None:
    info = models.TrackInfo(track_type=kind, publish_option_id=option)
    assert PublishQuality.can_be_told(track(kind, rids), info) is told
