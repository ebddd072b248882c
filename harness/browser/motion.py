"""Whether looks at a picture, one after another, show the camera move: enough of it, and still now."""

from __future__ import annotations

from collections.abc import Sequence

from harness.browser.look import Look

WINDOW = 2.0  # seconds that are judged
LEAST_FRAMES = 5  # decoded within the window: half of what the slowest good stream (5 a second) brings
LEAST_MOMENTS = 4  # of the camera, told apart by their marks; fewer only where nobody looked more often
LEAST_SECONDS = 0.5  # from the first look of a proof to the last
FROZEN_AFTER = 1.5  # seconds without change: a picture that moves once a second stutters, but is not frozen


def recent(looks: Sequence[Look], now: Look) -> list[Look]:
    """The looks of the window that ends with `now`, and the last one before it."""
    began = next((i for i in reversed(range(len(looks))) if now.t - looks[i].t >= WINDOW), 0)
    return [*looks[began:], now]


def frames(looks: Sequence[Look]) -> int:
    """How many frames were decoded from the first look to the last."""
    return (looks[-1].decoded or 0) - (looks[0].decoded or 0)


def frozen(looks: Sequence[Look]) -> str | None:
    """Why the picture does not move, judged from the last look back to FROZEN_AFTER ago."""
    now = looks[-1]
    before = next((look for look in reversed(looks) if now.t - look.t >= FROZEN_AFTER), None)
    if before is None:
        return None
    seconds, came = now.t - before.t, frames([before, now])
    if came == 0:
        return f"the picture is frozen: no frame was decoded in {seconds:.1f} s ({now.decoded} in all)"
    since = looks[looks.index(before) + 1 :]
    if not any(look.changed_since(before) for look in since):
        return f"the picture is frozen: {came} frames were decoded in {seconds:.1f} s, all the same"
    marks = {look.mark for look in [before, *since] if look.mark}
    if len(marks) == 1 and now.mark is not None:
        return (
            f"the camera is frozen: something moves in the picture, but for {seconds:.1f} s its mark has "
            f"been that of frame {now.mark.frame}"
        )
    return None


def stutters(looks: Sequence[Look]) -> str | None:
    """Why the picture moves too little, once a whole window has been seen."""
    seconds, came = looks[-1].t - looks[0].t, frames(looks)
    if seconds < WINDOW or (came >= LEAST_FRAMES and enough_moments(looks)):
        return None
    moments = {look.mark for look in looks if look.mark}
    return (
        f"the picture stutters: {came} frames were decoded in {seconds:.1f} s, "
        f"{came / seconds:.1f} a second, with {len(moments)} moments of the camera"
    )


def enough_moments(looks: Sequence[Look]) -> bool:
    """Whether the camera was seen at so many moments as a picture that moves shows it."""
    marks = [look.mark for look in looks if look.mark]
    return len(set(marks)) >= max(3, min(LEAST_MOMENTS, len(marks)))
