"""One look at a video, as a person takes it: what is there, and why it may be nothing."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Locator

from harness.media.mark import Luma, Mark, read_mark

LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
WIDTH = 160  # pixels: enough to read the mark, and little to carry

LEAST_CHANGE = (
    1.0  # mean difference in grey levels: one frame of a clip to the next makes 5, a still makes 0.2
)
PLAIN = 4.0  # standard deviation of the grey levels of a picture that shows nothing
BLACK = 30.0  # mean grey level below which a plain picture is called black
COLOURED = 40.0  # levels between the strongest and the weakest of red, green and blue

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """One look. `t` unix seconds; `decoded` frames so far, None when no peer connection brings this track.

    `arrived`: when a connection last brought this track, in unix seconds; `colour`: the mean red, green and
    blue, 0..255.
    """

    found: bool
    t: float = 0.0
    visible: bool = False
    has_track: bool = False
    ended: bool = False
    arrived: float | None = None
    decoded: int | None = None
    size: tuple[int, int] = (0, 0)
    luma: Luma | None = None
    colour: Colour = (0.0, 0.0, 0.0)
    mark: Mark | None = None

    @classmethod
    def at(cls, video: Locator) -> Look:
        """Look at the first element that `video` finds, now; does not wait for one to appear."""
        return cls._from(video.evaluate_all(LOOK, WIDTH))

    @classmethod
    def _from(cls, seen: dict[str, Any]) -> Look:
        if not seen["found"]:
            return cls(found=False)
        luma = None
        if seen["luma"] is not None:
            width, height = seen["lumaSize"]
            luma = np.frombuffer(base64.b64decode(seen["luma"]), np.uint8).reshape(height, width)
        return cls(
            found=True,
            t=seen["at"],
            visible=seen["visible"],
            has_track=seen["hasTrack"],
            ended=seen["ended"],
            arrived=seen["arrived"],
            decoded=seen["decoded"],
            size=(seen["size"][0], seen["size"][1]),
            luma=luma,
            colour=tuple(seen["colour"]),
            mark=None if luma is None else read_mark(luma),
        )

    def shows_nothing(self, since: float = 0.0) -> str | None:
        """Why there is no picture at all in this look, or none that began after `since`; or None."""
        return self._no_stream() or self._earlier(since) or self._no_picture()

    def changed_since(self, before: Look) -> bool:
        """Whether the pixels differ by more than what a codec does to a still."""
        if self.luma is None or before.luma is None or self.luma.shape != before.luma.shape:
            return self.luma is not None
        return float(np.abs(self.luma.astype(np.int16) - before.luma).mean()) >= LEAST_CHANGE

    def turned(self) -> str | None:
        """Which way round the mark stands that cannot be read as it is, or None."""
        return None if self.luma is None or self.mark is not None else turned(self.luma)

    def _no_stream(self) -> str | None:
        if not self.found:
            return "there is no video element"
        if not self.visible:
            return "the video element is not visible"
        if not self.has_track:
            return "the video element has no stream with a video track"
        if self.ended:
            return "the picture is what was left when its stream ended"
        if self.decoded is None:
            return "the video does not come over any of the page's peer connections"
        return None

    def _earlier(self, since: float) -> str | None:
        if self.arrived is None or self.arrived >= since:
            return None
        return f"the picture is of an earlier session: its stream came {since - self.arrived:.1f} s too early"

    def _no_picture(self) -> str | None:
        if self.decoded == 0 or self.luma is None:
            return f"no picture has arrived ({self.decoded} frames decoded)"
        if self.luma.std() >= PLAIN:
            return None
        return "the picture is black" if self.luma.mean() < BLACK else f"the picture is {_plain(self.colour)}"


def turned(luma: Luma) -> str | None:
    """Which way round a mark stands in this picture, in which it cannot be read as it is, or None."""
    ways = {
        "upside down": luma[::-1, ::-1],
        "mirrored": luma[:, ::-1],
        "mirrored and upside down": luma[::-1],
        "turned to the left": luma[::-1].T,
        "turned to the right": luma[:, ::-1].T,
    }
    for way, picture in ways.items():
        if (mark := read_mark(picture)) is not None:
            return f"the picture is {way}: so stands the mark of clip {mark.clip_id} in it"
    return None


def _plain(colour: Colour) -> str:
    levels = dict(zip(("red", "green", "blue"), colour, strict=True))
    level = max(levels, key=levels.__getitem__)
    name = level if max(colour) - min(colour) >= COLOURED else "grey"
    return f"one plain colour: {name} ({', '.join(f'{one:.0f}' for one in colour)})"
