"""Listening to a page as a person does, and judging whether it is one host's microphone.

Packets, energies and unmuted tracks prove nothing: they stay when there is silence, and when the element
that should play is muted. Proof is that the dominant frequency of what the audible elements play is the
host's tone, in pulses as the host's microphone gives it: a sound that is stuck has no pauses.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from harness.browser.documents import ask_each
from harness.media.tone import Tone, clip_of, dominant_frequency, pulses, tone_of

LISTEN = Path(__file__).with_name("listen.js").read_text(encoding="utf-8")
# 0.7 s, as much as an AnalyserNode holds: each half has a pulse of a clip's tone in it, wherever it begins.
SAMPLES = 32768
FAR = 60.0  # Hz


@dataclass(frozen=True)
class Heard:
    """`elements` have a stream with sound; `obstacles` say why those that cannot be heard cannot.

    `goes_on`: there is sound in the first half of what was heard, and in the second; `pulses`: with pauses.
    """

    elements: int
    obstacles: tuple[str, ...]
    listening: bool
    tone: Tone | None
    goes_on: bool
    pulses: bool = True

    def why_not(self, clip_id: int) -> str | None:
        """Why this is not the tone of that clip, or None when it is."""
        if not self.elements:
            return "the page has no audio or video element with a stream that carries sound"
        if len(self.obstacles) == self.elements:
            return f"nothing is audible: the page's audio is {' and '.join(sorted(set(self.obstacles)))}"
        if not self.listening:
            return "the browser does not let the page play audio yet"
        if self.tone is None:
            return "there is silence"
        if wrong := self._wrong_tone(self.tone, clip_id):
            return wrong
        if not self.goes_on:
            return "the sound has only just begun, or just stopped"
        return None if self.pulses else "the sound is stuck: the right tone, but without its pauses"

    def is_another_hosts(self, clip_id: int) -> bool:
        """Whether a clear tone was heard that is another clip's, and no strained rendering of this one's.

        A busy machine stretches sound, which moved a tone by 9 Hz; hosts of one run are hundreds of Hz apart.
        """
        if self.tone is None or not self.tone.is_pure or clip_of(self.tone.hz) is None:
            return False
        return abs(self.tone.hz - tone_of(clip_id)) > FAR

    def _wrong_tone(self, tone: Tone, clip_id: int) -> str | None:
        if not tone.is_pure:
            return f"there is sound, but no clear tone in it (loudest at {tone.hz:.0f} Hz)"
        heard = clip_of(tone.hz)
        if heard is None:
            return f"the tone is no clip's: {tone.hz:.0f} Hz instead of {tone_of(clip_id):.0f} Hz"
        if heard != clip_id:
            return f"the tone is another host's: that of clip {heard} ({tone.hz:.0f} Hz)"
        if tone.mixed_in is not None:
            other = clip_of(tone.mixed_in)
            whose = "another sound" if other is None else f"the tone of clip {other}"
            return f"{whose} is mixed in ({tone.mixed_in:.0f} Hz)"
        return None


class Ears:
    """Listens to `page` until closed. The page plays on as before.

    What came to the page before `since` (unix seconds) is of an earlier session, and does not count.
    """

    def __init__(self, page: Page, since: float = 0.0) -> None:
        self._page = page
        self._since = since

    def __enter__(self) -> Ears:
        return self

    def __exit__(self, *exception: object) -> None:
        if not self._page.is_closed():
            self._ask(end=True)

    def begin(self) -> None:
        """Listen from now on, if anything is audible: who asks later need not wait for it to be heard."""
        self._ask(read=False)

    def hear(self) -> Heard:
        """The last 0.7 s of what is audible now."""
        answers = [answer for answer in self._ask() if answer is not None]
        # Players may be in an iframe: where something sounds, or else where something could.
        best = max(answers, key=lambda answer: (answer["samples"] is not None, answer["elements"]))
        return judge(best)

    def _ask(self, *, end: bool = False, read: bool = True) -> list[dict[str, Any] | None]:
        """What each frame of the page answers, the page's own first."""
        asked = {"samples": SAMPLES, "since": self._since, "end": end, "read": read}
        return list(ask_each(self._page, LISTEN, asked))


def judge(answer: dict[str, Any]) -> Heard:
    """What the page's own report of its sound, as `listen.js` gives it, amounts to."""
    tone, goes_on, pulsed = None, False, False
    if answer["samples"] is not None:
        samples = np.frombuffer(base64.b64decode(answer["samples"]), "<i2") / 32768
        tone = dominant_frequency(samples, answer["rate"])
        goes_on = all(dominant_frequency(half, answer["rate"]) for half in np.split(samples, 2))
        pulsed = pulses(samples, answer["rate"])
    running = answer["samples"] is None or answer["state"] == "running"
    return Heard(answer["elements"], tuple(answer["obstacles"]), running, tone, goes_on, pulsed)
