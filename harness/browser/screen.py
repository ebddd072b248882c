"""What is painted where a video is, with whatever lies over it: what a person at the screen sees."""

from __future__ import annotations

import io
from contextlib import suppress

import av
import numpy as np
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator

from harness.browser.eventually import eventually, limit
from harness.browser.look import turned
from harness.errors import Finding
from harness.media.mark import Luma, Mark, read_mark

WIDTH = 320  # pixels: the mark can be read well, and little is to be searched
PAINTS_WITHIN = 5.0  # seconds for one picture of the screen
READ_WITHIN = 5.0  # seconds for a mark on the screen


def mark_on_screen(video: Locator) -> Mark | None:
    """The mark of a camera clip in what is painted there; None where nothing is, or something else.

    Raises PlaywrightError when it is there and could not be looked at: that is no proof of anything.
    """
    if video.count() == 0 or not video.first.is_visible():
        return None
    try:
        return read_mark(brightness(video.first.screenshot(timeout=limit(PAINTS_WITHIN))))
    except PlaywrightError:
        if video.count() == 0 or not video.first.is_visible():  # it went away meanwhile
            return None
        raise


def prove_no_picture_left(video: Locator, *, within: float) -> None:
    """No last frame stays on the screen. Raises Finding when the page goes on showing it."""

    def why_not_yet() -> str | None:
        try:
            mark = mark_on_screen(video)
        except PlaywrightError as error:  # a busy machine: once more
            why = str(error).split("\n")[0]
            return f"expected no picture any more, but what is shown could not be read: {why}"
        left = mark and f"the page still shows frame {mark.frame} of clip {mark.clip_id}, frozen"
        return f"expected no picture any more, {left}: was the page told that it ended?" if left else None

    eventually(why_not_yet, within=within)


def prove_the_right_way_round(video: Locator) -> bool:
    """Raises Finding when the page turns the picture, which does not show in the frames that are decoded.

    False: nothing can be read there, so it is not known; something may lie over the picture.
    """
    ways: list[str] = []  # empty is the right one

    def why_not_yet() -> str | None:
        painted = brightness(video.first.screenshot(timeout=limit(PAINTS_WITHIN)))
        way = "" if read_mark(painted) is not None else turned(painted)
        ways.extend([] if way is None else [way])
        return None if ways else "Nothing can be read on the screen."  # it may fade in

    with suppress(Finding):
        eventually(why_not_yet, within=READ_WITHIN)
    if any(ways):
        raise Finding(f"On the screen {ways[0]}.")
    return bool(ways)


def brightness(png: bytes) -> Luma:
    """The picture in grey, at most WIDTH pixels wide."""
    with av.open(io.BytesIO(png), mode="r") as container:
        frame = next(container.decode(video=0))
    width = min(WIDTH, frame.width)
    scaled = frame.reformat(width, max(1, frame.height * width // frame.width), "gray")
    return scaled.to_ndarray().astype(np.uint8)
