"""Proof of picture and proof of sound: that a viewer really gets what one host's devices give."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from harness.browser.course import Course
from harness.browser.eventually import eventually, unchanged
from harness.browser.picture import FROZEN_AFTER, Look, PictureProof, Viewing
from harness.browser.sound import Ears, Heard
from harness.errors import Finding, HarnessError
from harness.media.tone import Tone

LOOKS_EVERY = 0.1  # seconds between two looks at a picture
SILENT_FOR = 1.0  # seconds: more than what is listened to at once, which begins empty


def prove_picture(
    video: Locator,
    clip_id: int,
    *,
    within: float,
    since: float = 0.0,
    page_error: Callable[[], str | None] = lambda: None,
) -> PictureProof:
    """Frames are decoded for `video`, its pixels change, and the mark is that of camera clip `clip_id`.

    The stream must have come to the page after `since` (unix seconds), or it is of an earlier session.
    Raises Finding with what a person would see instead, after `within` seconds; at once when another host's
    picture is shown, or when `page_error` tells that the page itself has given up.
    """
    viewing, course = Viewing(clip_id, since), Course()
    no_proof = f"No proof of the picture of clip {clip_id}"

    def why_not_yet() -> str | None:
        reason = viewing.why_not_yet(Look.at(video))
        if reason is not None:
            course.note(reason, time.monotonic())
        if reason is not None and viewing.crossed:
            raise Finding(f"{no_proof}: {reason}.")
        if reason is not None and (error := page_error()):
            raise Finding(f"{no_proof}: {reason}, and the page says {error!r}.")
        return None if reason is None else f"{no_proof}: {reason}."

    # A look costs the page work that its media need, too.
    try:
        eventually(why_not_yet, within=within, every=LOOKS_EVERY)
    except Finding as never:
        raise Finding(f"{never}{course.told}") from None
    if viewing.proof is None:
        raise HarnessError("The proof of picture ended without a proof: a defect of the harness.")
    return viewing.proof


def prove_sound(
    page: Page,
    clip_id: int,
    *,
    within: float,
    since: float = 0.0,
    meanwhile: Callable[[], None] = lambda: None,
) -> Tone:
    """What `page` audibly plays, and got after `since`, is the tone of microphone clip `clip_id`.

    Raises Finding with what a person would hear instead, after `within` seconds; at once when another host's
    tone is heard. `meanwhile` is done as often as it is listened: what a page wants before it plays.
    """
    heard: list[Heard] = []

    def why_not_yet() -> str | None:
        meanwhile()
        heard.append(ears.hear())
        reason = heard[-1].why_not(clip_id)
        no_proof = f"No proof of the sound of clip {clip_id}: {reason}."
        # Twice in a row: one analysis may be mistaken.
        if len(heard) > 1 and all(one.is_another_hosts(clip_id) for one in heard[-2:]):
            raise Finding(no_proof)
        return None if reason is None else no_proof

    with Ears(page, since) as ears:
        eventually(why_not_yet, within=within, every=0.1)
    tone = heard[-1].tone
    if tone is None:
        raise HarnessError("The proof of sound ended without a tone: a defect of the harness.")
    return tone


def prove_no_picture(video: Locator, *, within: float) -> None:
    """No frame is decoded for `video` for as long as counts as frozen. Raises Finding when some are."""

    def decoded() -> int | None:
        look = Look.at(video)
        return look.decoded if look.found and look.has_track else None

    unchanged(decoded, seconds=FROZEN_AFTER, within=within, what="the frames decoded")


def prove_silence(page: Page, *, within: float) -> None:
    """For longer than one listening takes nothing is heard of `page`. Raises Finding with what is."""

    silent: list[float] = []

    def why_not_yet() -> str | None:
        now, heard = time.monotonic(), ears.hear()
        if heard.tone is not None or not heard.listening:
            silent.clear()
            came = f"heard {heard.tone.hz:.0f} Hz" if heard.tone else "but nobody could listen"
            return f"Expected silence, {came}."
        silent.append(now)
        return None if now - silent[0] >= SILENT_FOR else "Expected silence, which has only just begun."

    with Ears(page) as ears:
        eventually(why_not_yet, within=within)
