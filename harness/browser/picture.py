"""Looking at a video as a person does, and judging whether it is a moving picture of one host's camera.

That a stream is there, plays, and advances in time proves nothing: all of it stays so when the sender is
frozen or gone. Proof is that frames are decoded AND the pixels change AND the mark is that of the host's
camera.
"""

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

LEAST_FRAMES = 5  # decoded from the first look of a proof to the last
LEAST_SECONDS = 0.5  # from the first look to the last
LEAST_CHANGE = (
    1.0  # mean difference in grey levels: one frame of a clip to the next makes 5, a still makes 0.2
)
FROZEN_AFTER = 1.0  # seconds without change: five frames of the slowest stream that is still a picture
PLAIN = 4.0  # standard deviation of the grey levels of a picture that shows nothing
BLACK = 30.0  # mean grey level below which a plain picture is called black


@dataclass(frozen=True)
class Look:
    """One look. `t` unix seconds; `decoded` frames so far, None when no peer connection brings this track."""

    found: bool
    t: float = 0.0
    visible: bool = False
    has_track: bool = False
    decoded: int | None = None
    size: tuple[int, int] = (0, 0)
    luma: Luma | None = None
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
            decoded=seen["decoded"],
            size=(seen["size"][0], seen["size"][1]),
            luma=luma,
            mark=None if luma is None else read_mark(luma),
        )

    def shows_nothing(self) -> str | None:
        """Why there is no picture at all in this look, or None."""
        if not self.found:
            return "there is no video element"
        if not self.visible:
            return "the video element is not visible"
        if not self.has_track:
            return "the video element has no stream with a video track"
        if self.decoded is None:
            return "the video does not come over any of the page's peer connections"
        if self.decoded == 0 or self.luma is None:
            return f"no picture has arrived ({self.decoded} frames decoded)"
        if self.luma.std() < PLAIN:
            level = self.luma.mean()
            return (
                "the picture is black"
                if level < BLACK
                else f"the picture is one plain colour (grey {level:.0f})"
            )
        return None

    def changed_since(self, before: Look) -> bool:
        """Whether the pixels differ by more than what a codec does to a still."""
        if self.luma is None or before.luma is None or self.luma.shape != before.luma.shape:
            return self.luma is not None
        return float(np.abs(self.luma.astype(np.int16) - before.luma).mean()) >= LEAST_CHANGE


@dataclass(frozen=True)
class PictureProof:
    """What proved the picture: first and last mark, frames decoded between them, and the last look.

    `seen_at` is when the first of these marks was seen, in unix seconds.
    """

    first: Mark
    last: Mark
    frames: int
    look: Look
    seen_at: float


class Viewing:
    """The looks of one attempt to prove the picture of `clip_id`: give it look after look."""

    def __init__(self, clip_id: int) -> None:
        self.clip_id = clip_id
        self.proof: PictureProof | None = None
        self._looks: list[Look] = []  # at this picture; started anew when it goes away
        self._good: list[Look] = []  # with the right mark, without a bad one between them
        self._strangers = 0  # looks in a row with another clip's mark

    @property
    def crossed(self) -> bool:
        """Whether another host's picture was shown. Twice in a row: one mark may be misread, two are not."""
        return self._strangers >= 2

    def why_not_yet(self, look: Look) -> str | None:
        """Take in one more look; None once all of them together are the proof."""
        nothing = look.shows_nothing()
        if nothing is not None:
            self._looks, self._good = [], []
            return nothing
        self._looks.append(look)
        stranger = look.mark is not None and look.mark.clip_id != self.clip_id
        self._strangers = self._strangers + 1 if stranger else 0
        if look.mark is None or stranger:
            self._good = []
            return self._frozen(look) or self._wrong_mark(look)
        self._good.append(look)
        self.proof = self._proof()
        if self.proof is not None:
            return None
        return self._frozen(look) or "the picture has only just begun to move"

    def _proof(self) -> PictureProof | None:
        first, last = self._good[0], self._good[-1]
        frames = (last.decoded or 0) - (first.decoded or 0)
        marks = {look.mark for look in self._good}
        changes = sum(b.changed_since(a) for a, b in zip(self._good, self._good[1:], strict=False))
        if frames < LEAST_FRAMES or last.t - first.t < LEAST_SECONDS or len(marks) < 3 or changes < 2:
            return None
        if self._frozen(last) is not None or first.mark is None or last.mark is None:
            return None
        return PictureProof(first.mark, last.mark, frames, last, first.t)

    def _frozen(self, now: Look) -> str | None:
        """Why the picture does not move, judged from now back to FROZEN_AFTER ago."""
        before = next((look for look in reversed(self._looks) if now.t - look.t >= FROZEN_AFTER), None)
        if before is None:
            return None
        seconds = now.t - before.t
        if now.decoded == before.decoded:
            return f"the picture is frozen: no frame was decoded in {seconds:.1f} s ({now.decoded} in all)"
        since = self._looks[self._looks.index(before) + 1 :]
        if not any(look.changed_since(before) for look in since):
            frames = (now.decoded or 0) - (before.decoded or 0)
            return f"the picture is frozen: {frames} frames were decoded in {seconds:.1f} s, all the same"
        return None

    def _wrong_mark(self, look: Look) -> str:
        if look.mark is None:
            return "the picture moves, but no clip's mark can be read in it"
        return f"the picture is another host's: it bears the mark of clip {look.mark.clip_id}"
