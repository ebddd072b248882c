"""The proof of picture, fed with streams: red for its own reason, and never red on a good one."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import numpy as np
import pytest

from harness.browser.look import Colour
from harness.browser.picture import Viewing
from harness.media.mark import Luma
from tests.unit.browser.streams import (
    BEGAN,
    Frame,
    camera,
    judged,
    looks,
    picture,
    repeated,
    small,
)


def plain(level: int) -> Luma:
    return np.full((90, 160), level, np.uint8)


def noisy(luma: Luma, seed: int) -> Luma:
    """The same picture under an animation of the page, beside the mark."""
    drawn = luma.copy()
    drawn[:, :20] = seed * 37 % 256
    return drawn


GREEN: Colour = (0.0, 135.0, 0.0)
STILL = picture(1, 7)
BAD = {
    "frozen: no more frames": (camera(seconds=0.4), r"frozen: no frame was decoded in 1\.[5-9] s"),
    "frozen: one frame again and again": (
        repeated([STILL], 20),
        r"frozen: \d+ frames were decoded .* the same",
    ),
    "a frozen camera under a moving banner": (
        repeated([noisy(STILL, n) for n in range(40)], 20),
        "the camera is frozen: something moves in the picture, .* frame 7",
    ),
    "black": (repeated([plain(2)], 20, (2.0, 2.0, 2.0)), "the picture is black"),
    "green": (repeated([plain(79)], 20, GREEN), "one plain colour: green"),
    "grey": (repeated([plain(128)], 20, (128.0, 128.0, 128.0)), "one plain colour: grey"),
    "another clip": (camera(2), "another host's: it bears the mark of clip 2"),
    "1 frame a second": (camera(fps=1), r"stutters: [123] frames .* [01]\.\d a second"),
    "1 frame a second, each sent 20 times": (
        repeated([picture(1, 20 * (n // 20)) for n in range(120)], 20),
        r"stutters: \d\d frames .* with [23] moments",
    ),
    "upside down, small": (
        repeated([luma[::-1, ::-1] for luma in small(1, 5)], 5),
        "the picture is upside down: so stands the mark of clip 1",
    ),
    "mirrored": (
        repeated([picture(1, n)[:, ::-1] for n in range(40)], 20),
        "the picture is mirrored: so stands the mark of clip 1",
    ),
    "noise": (
        repeated([np.random.default_rng(n).integers(0, 256, (90, 160), np.uint8) for n in range(40)], 20),
        "no clip's mark can be read",
    ),
}


@pytest.mark.parametrize(("stream", "reason"), BAD.values(), ids=BAD.keys())
def test_a_bad_stream_is_red_for_its_own_reason(stream: list[Frame], reason: str) -> None:
    # From each of its moments on, until it has been seen for as long as a proof takes.
    seen = list(looks(stream))[10:]
    for start in (0, 7, 18):
        proven, reasons = judged(seen[start:100])
        assert proven is None, f"proven after {proven} s; before that: {reasons[-3:]}"
        assert re.search(reason, reasons[-1]), reasons[-1]


def test_a_stream_of_an_earlier_session_is_no_proof() -> None:
    proven, reasons = judged(looks(camera()), since=BEGAN + 3)
    assert proven is None
    assert set(reasons) == {"the picture is of an earlier session: its stream came 3.0 s too early"}
    assert judged(looks(camera(), arrived=BEGAN + 4), since=BEGAN + 3)[0] is not None


def test_what_an_ended_stream_leaves_is_no_proof() -> None:
    proven, reasons = judged(replace(look, ended=True) for look in looks(camera()))
    assert proven is None
    assert set(reasons) == {"the picture is what was left when its stream ended"}


def test_a_good_stream_is_proven_in_less_than_a_second() -> None:
    proven, _ = judged(looks(camera()))
    assert proven is not None
    assert 0.5 <= proven < 1


def test_one_frame_of_another_host_is_no_crossing_however_often_one_looks() -> None:
    viewing = Viewing(1)
    seen = list(looks(camera(2)))
    for _ in range(3):
        viewing.why_not_yet(seen[0])
    assert not viewing.crossed
    viewing.why_not_yet(seen[10])
    assert viewing.crossed


def test_a_host_who_takes_over_from_another_is_judged_by_their_own_frames() -> None:
    first, then = camera(2, seconds=1), camera(1, seconds=4)
    proven, _ = judged(looks([*first, *(replace(frame, t=frame.t + 1) for frame in then)]))
    assert proven is not None
    assert 1.5 <= proven < 2.1


@pytest.mark.parametrize("every", [0.05, 0.3, 0.7])
def test_small_and_slow_with_losses_is_never_red(every: float) -> None:
    """160 pixels, 5 frames a second through VP8; of 100 frames 5 are lost, each with what depends on it."""
    for seed in range(20):
        chance = random.Random(seed)
        kept: list[Frame] = []
        waits_until = 0.0
        for frame in repeated(small(1, 5), 5, seconds=20):
            if chance.random() < 0.05:
                waits_until = frame.t + 0.6  # until what was lost is sent again, nothing is decoded
            if frame.t >= waits_until:
                kept.append(replace(frame, t=frame.t + chance.uniform(0, 0.1)))
        proven, reasons = judged(looks(kept, every))
        assert proven is not None, f"seed {seed}: {reasons[-1]}"
        assert proven < 10


def test_a_few_blurred_frames_do_not_undo_a_proof() -> None:
    stream = [replace(frame, luma=frame.luma // 2 + 60) for frame in camera(fps=5)]
    blurred = [
        replace(frame, luma=plain(90) + frame.luma // 8) if n % 4 == 3 else frame
        for n, frame in enumerate(stream)
    ]
    assert any(look.mark is None for look in looks(blurred))
    proven, reasons = judged(looks(blurred))
    assert proven is not None, reasons[-1]
