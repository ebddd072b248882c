"""Whom a recording follows, and that it lets go of the others."""

from __future__ import annotations

from pathlib import Path

from harness.local_stream.recording.tape import Tape, followed
from harness.local_stream.recording.writer import Writer
from harness.local_stream.sfu.layer import Layer
from harness.local_stream.sfu.layers import Layers
from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.sdp_section import Codec
from harness.local_stream.sfu.subscriber import Source
from harness.local_stream.sfu.track import PublishedTrack
from tests.unit.local_stream.sfu.conftest import Run

VIDEO, AUDIO = models.TRACK_TYPE_VIDEO, models.TRACK_TYPE_AUDIO
CODECS = {VIDEO: Codec(96, "VP8", 90_000), AUDIO: Codec(111, "opus", 48_000, 2)}


def source(kind: int, *, muted: bool = False) -> Source:
    """A track that nobody sends anything on."""
    codec = CODECS[kind]
    layers = Layers([Layer("", codec.clock_rate, lambda _: None)])
    return Source(PublishedTrack(kind, codec, layers, muted=muted), "prefix")


def test_a_camera_before_a_microphone_and_the_first_before_the_others() -> None:
    assert followed({}, None) is None
    voices = {("a", AUDIO): source(AUDIO), ("b", AUDIO): source(AUDIO)}
    assert followed(voices, None) == "a"
    cameras = {("b", VIDEO): source(VIDEO), ("c", VIDEO): source(VIDEO)}
    assert followed(voices | cameras, "a") == "b"


def test_who_is_followed_stays_so_even_muted() -> None:
    cameras = {("a", VIDEO): source(VIDEO, muted=True), ("b", VIDEO): source(VIDEO)}
    assert followed(cameras, None) == "b"
    assert followed(cameras, "a") == "a"


def test_what_is_not_recorded_any_more_is_let_go(run: Run, tmp_path: Path) -> None:
    first, second = ({(who, kind): source(kind) for kind in CODECS} for who in "ab")

    async def scenario() -> None:
        writer = Writer(tmp_path, "a")
        tape = Tape(writer)
        tape.select(first | second)
        assert taken(first) == [1, 1]
        assert taken(second) == [0, 0]
        tape.select(second)
        assert taken(first) == [0, 0]
        assert taken(second) == [1, 1]
        tape.end()
        assert taken(second) == [0, 0]
        assert writer.finish() is None

    run(scenario)


def taken(flowing: dict[tuple[str, int], Source]) -> list[int]:
    """How many take each track."""
    return [len(each.track.viewers) for each in flowing.values()]
