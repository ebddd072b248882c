"""Judging whether a video is a moving picture of one host's camera, look after look.

That a stream is there, plays, and advances in time proves nothing: all of it stays so when the sender is
frozen or gone. Proof is that frames are decoded AND the pixels change AND the mark is that of the host's
camera. What a picture may be instead, and still be good: small, slow (5 frames a second), and with losses.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.browser import motion
from harness.browser.look import Look
from harness.browser.motion import FROZEN_AFTER
from harness.media.mark import Mark

__all__ = ["FROZEN_AFTER", "Look", "PictureProof", "Viewing"]

LEAST_READABLE = 0.5  # share of the looks in which the mark can be read: a few frames may be blurred


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
    """The looks of one attempt to prove the picture of `clip_id`: give it look after look.

    A stream that came before `since` (unix seconds) is no proof: it is of an earlier session.
    """

    def __init__(self, clip_id: int, since: float = 0.0) -> None:
        self.clip_id = clip_id
        self.proof: PictureProof | None = None
        self._since = since
        self._looks: list[Look] = []  # at this picture; started anew when it goes away
        self._strangers: set[Mark] = set()  # of other clips, since this one's mark was last seen

    @property
    def crossed(self) -> bool:
        """Whether another host's picture was shown. Two marks of it: one may be misread, two are not."""
        return len(self._strangers) >= 2

    def why_not_yet(self, look: Look) -> str | None:
        """Take in one more look; None once all of them together are the proof."""
        nothing = look.shows_nothing(self._since)
        if nothing is not None:
            self._looks = []
            return nothing
        self._meet(look)
        reason = motion.frozen(self._looks) or self._wrong_mark(look) or motion.stutters(self._looks)
        if reason is None:
            self.proof = self._proof()
        return reason or (None if self.proof else "the picture has only just begun to move")

    def _meet(self, look: Look) -> None:
        """Looks at one host and at another are not judged together."""
        right = look.mark is not None and look.mark.clip_id == self.clip_id
        if right and self._strangers:
            self._looks, self._strangers = [], set()
        if look.mark is not None and not right:
            self._looks = self._looks if self._strangers else []
            self._strangers.add(look.mark)
        self._looks = motion.recent(self._looks, look)

    def _proof(self) -> PictureProof | None:
        good = [look for look in self._looks if look.mark is not None]
        if len(good) < LEAST_READABLE * len(self._looks):
            return None
        first, last = good[0], good[-1]
        if motion.frames(good) < motion.LEAST_FRAMES or last.t - first.t < motion.LEAST_SECONDS:
            return None
        if not motion.enough_moments(good) or first.mark is None or last.mark is None:
            return None
        return PictureProof(first.mark, last.mark, motion.frames(good), last, first.t)

    def _wrong_mark(self, look: Look) -> str | None:
        if look.mark is None:
            return look.turned() or "the picture moves, but no clip's mark can be read in it"
        if look.mark.clip_id != self.clip_id:
            return f"the picture is another host's: it bears the mark of clip {look.mark.clip_id}"
        return None
