"""Which layer serves a viewer, and which one stands in for it."""

import pytest

from harness.local_stream.sfu.layer import KEY_FRAME_SECONDS, SILENT_SECONDS, Layer
from harness.local_stream.sfu.layers import Layers
from harness.local_stream.sfu.protocol import models, signal
from harness.local_stream.sfu.subscription import BEST, Wish, wishes
from tests.unit.local_stream.sfu.test_rtp import packet

SIZES = {"f": (1280, 720), "h": (640, 360), "q": (320, 180)}


def layer(rid: str) -> Layer:
    return Layer(rid, 90_000, lambda _: None)


def three() -> Layers:
    layers = Layers(layer(rid) for rid in SIZES)
    layers.announce(
        models.VideoLayer(rid=rid, video_dimension=models.VideoDimension(width=w, height=h))
        for rid, (w, h) in SIZES.items()
    )
    return layers


@pytest.mark.parametrize(
    ("wish", "rid"),
    [
        (Wish(100, 50), "q"),
        (Wish(320, 180), "q"),
        (Wish(340, 190), "q"),  # a little stretched
        (Wish(360, 180), "h"),
        (Wish(300, 300), "h"),  # its height decides
        (Wish(1000, 500), "f"),
        (Wish(3840, 2160), "f"),
        (BEST, "f"),
    ],
)
def test_lowest_layer_that_covers_the_size_is_the_one(wish: Wish, rid: str) -> None:
    assert three().fitting(wish).rid == rid


@pytest.mark.parametrize(("steps", "rid"), [(1, "h"), (2, "q"), (9, "q")])
def test_lowered_by_steps_it_stays_above_nothing(steps: int, rid: str) -> None:
    assert three().fitting(BEST, steps).rid == rid


def test_layers_without_sizes_are_in_the_order_of_their_names() -> None:
    layers = Layers(layer(rid) for rid in ("f", "q", "h"))
    assert [each.rid for each in layers] == ["q", "h", "f"]
    assert layers.fitting(Wish(10, 10)).rid == "f"


def test_next_lower_one_stands_in_and_a_higher_one_only_if_there_is_none() -> None:
    q, h, f = three()
    layers = three()
    q, h, f = layers
    assert layers.is_better(h, q, aim=f)
    assert not layers.is_better(q, h, aim=f)
    assert layers.is_better(q, f, aim=h)
    assert layers.is_better(h, f, aim=q)


def test_layer_is_silent_only_beside_one_that_flows_long_enough_without_it() -> None:
    q, h, _ = three()
    q.take(packet(ssrc=1), b"", 10.0, key_frame=True)
    assert not h.is_silent_beside(q)
    for tenths in range(12):
        q.take(packet(ssrc=1, sequence=2 + tenths), b"", 10.1 + tenths / 10, key_frame=False)
    assert h.is_silent_beside(q)
    h.take(packet(ssrc=2), b"", 11.2, key_frame=True)
    assert not h.is_silent_beside(q)


def test_after_a_pause_of_all_layers_none_is_silent() -> None:
    q, h, _ = three()
    q.take(packet(ssrc=1), b"", 10.0, key_frame=True)
    h.take(packet(ssrc=2), b"", 10.0, key_frame=True)
    q.take(packet(ssrc=1, sequence=2), b"", 60.0, key_frame=True)
    assert not h.is_silent_beside(q)
    q.take(packet(ssrc=1, sequence=3), b"", 60.0 + SILENT_SECONDS, key_frame=False)
    q.take(packet(ssrc=1, sequence=4), b"", 60.1 + SILENT_SECONDS, key_frame=False)
    assert h.is_silent_beside(q)


def test_each_layer_is_asked_for_its_own_key_frame() -> None:
    asked: list[str] = []
    q, h = (Layer(rid, 90_000, lambda each: asked.append(each.rid)) for rid in "qh")
    q.need_key_frame(1.0)
    assert asked == [], "nobody knows its stream yet"
    q.take(packet(ssrc=1), b"", 1.0, key_frame=False)
    h.take(packet(ssrc=2), b"", 1.0, key_frame=False)
    q.need_key_frame(1.0)
    h.need_key_frame(1.0)
    q.need_key_frame(1.0 + KEY_FRAME_SECONDS / 2)
    assert asked == ["q", "h"]


def test_subscriptions_say_what_is_wanted_how_large_and_what_pauses() -> None:
    dimension = models.VideoDimension
    details = [
        signal.TrackSubscriptionDetails(session_id="a", track_type=2),
        signal.TrackSubscriptionDetails(session_id="b", track_type=2, dimension=dimension(width=3, height=4)),
        signal.TrackSubscriptionDetails(session_id="c", track_type=2, dimension=dimension()),
    ]
    found = wishes(details)
    assert found == {("a", 2): BEST, ("b", 2): Wish(3, 4), ("c", 2): Wish(0, 0)}
    assert [each.paused for each in found.values()] == [False, False, True]
