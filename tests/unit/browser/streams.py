"""Streams as a viewer's page would show them, frame by frame, and somebody who looks at them: no browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import av
import numpy as np

from harness.browser.look import Colour, Look
from harness.browser.picture import Viewing
from harness.media.clips import CAMERA_FPS, CAMERA_FRAMES, camera_frame
from harness.media.mark import Luma, read_mark
from tests.unit.media.coded import vp8

BEGAN = 1000.0  # unix seconds of each stream's first frame
LOOKS_EVERY = 0.05  # seconds, as the proof does
GREY: Colour = (90.0, 90.0, 90.0)


@dataclass(frozen=True)
class Frame:
    """A picture that is decoded at `t`, and stays until the next one is."""

    t: float
    luma: Luma
    colour: Colour = GREY


@cache
def picture(clip_id: int, frame: int, width: int = 160) -> Luma:
    """Brightness of a frame of a camera clip, `width` pixels wide, as a page reads it."""
    y = camera_frame(clip_id, frame % CAMERA_FRAMES)[0]
    scaled = av.VideoFrame.from_ndarray(y, format="gray").reformat(width, width * 9 // 16, "gray")
    return scaled.to_ndarray().astype(np.uint8)


@cache
def small(clip_id: int, fps: int) -> tuple[Luma, ...]:
    """A whole clip at 160 pixels and this rate, after VP8 with few bits."""
    each = CAMERA_FPS // fps
    planes = [camera_frame(clip_id, frame) for frame in range(0, CAMERA_FRAMES, each)]
    return tuple(vp8(planes, 160, 90, 4000 * fps, fps))


def camera(clip_id: int = 1, fps: float = CAMERA_FPS, seconds: float = 6.0) -> list[Frame]:
    """What a host's camera sends, at this rate."""
    times = np.arange(0, seconds, 1 / fps)
    return [Frame(BEGAN + float(t), picture(clip_id, round(t * CAMERA_FPS))) for t in times]


def repeated(lumas: Sequence[Luma], fps: float, colour: Colour = GREY, seconds: float = 6.0) -> list[Frame]:
    """These pictures, over and over."""
    count = round(seconds * fps)
    return [Frame(BEGAN + n / fps, lumas[n % len(lumas)], colour) for n in range(count)]


def looks(stream: Sequence[Frame], every: float = LOOKS_EVERY, arrived: float = BEGAN) -> Iterable[Look]:
    """What somebody sees who looks from the first frame on to four seconds after the last one."""
    for t in np.arange(stream[0].t, stream[-1].t + 4.0, every):
        come = [frame for frame in stream if frame.t <= t]
        last = come[-1]
        yield Look(
            found=True,
            t=float(t),
            visible=True,
            has_track=True,
            arrived=arrived,
            decoded=len(come),
            size=(160, 90),
            luma=last.luma,
            colour=last.colour,
            mark=read_mark(last.luma),
        )


def judged(seen: Iterable[Look], clip_id: int = 1, since: float = 0.0) -> tuple[float | None, list[str]]:
    """Seconds until the picture of `clip_id` was proven (None: never), and why it was not, look by look."""
    viewing, reasons = Viewing(clip_id, since), list[str]()
    for look in seen:
        reason = viewing.why_not_yet(look)
        if reason is None:
            return look.t - BEGAN, reasons
        reasons.append(reason)
    return None, reasons
