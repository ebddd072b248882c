"""One party over two browsers: what a Chromium gives is seen and heard in a Firefox, and the other way round.

Firefox's own camera is one colour that changes, and its microphone a steady tone: they show no mark, so whose
they are is known only because nobody else is there.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Playwright

from harness.browser.browsers import Browsers
from harness.browser.cast import Cast
from harness.browser.eventually import eventually
from harness.browser.firefox import FirefoxContexts, firefox
from harness.browser.look import Look
from harness.browser.sound import LISTEN, SAMPLES, Ears, Heard, judge
from harness.browser.viewer import Viewer
from harness.config import HarnessSettings, load
from harness.setup import pages
from harness.stack import Stack
from harness.target import Party, Person, Supabase
from harness.trace.events import RunLog
from tests.unit.browser.firefox_here import needs_firefox

pytestmark = [needs_firefox, pytest.mark.timeout(180)]
FIREFOX_TONE = 1000.0  # Hz: of its fake microphone
NEAR = 12.0  # Hz
CHANGED = 4.0  # grey levels of one colour between two looks: a still has none
WITHIN = 30.0
# The last second of what the first audible element plays. A Firefox on a machine without a sound card never
# starts an AudioContext; it records, and decodes, all the same.
RECORD = """async (samples) => {
  const [element] = [...document.querySelectorAll("audio, video")].filter(
    ({ srcObject, muted, paused }) => srcObject?.getAudioTracks?.().length && !muted && !paused);
  if (!element) return null;
  const recorder = new MediaRecorder(new MediaStream(element.srcObject.getAudioTracks()));
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise((done) => { recorder.onstop = done; });
  recorder.start();
  await new Promise((later) => setTimeout(later, 1300));
  recorder.stop();
  await stopped;
  const decoder = new OfflineAudioContext(1, 48000, 48000);
  const sound = (await decoder.decodeAudioData(await new Blob(parts).arrayBuffer())).getChannelData(0);
  if (sound.length < samples) return null;
  const last = sound.subarray(sound.length - samples);
  return [...last];
}"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = load(HarnessSettings)
    with Stack(tmp_path_factory.mktemp("run"), settings, pages.ensure(settings)) as running:
        yield running


@pytest.fixture(scope="module")
def in_firefox(playwright: Playwright) -> Iterator[FirefoxContexts]:
    with firefox(playwright, {}) as browser:
        yield FirefoxContexts(browser)


@pytest.fixture
def casts(
    stack: Stack, browsers: Browsers, in_firefox: FirefoxContexts, tmp_path: Path
) -> Iterator[tuple[Cast, Cast]]:
    """Who comes in Chromium, and who in Firefox."""
    run_log = RunLog(tmp_path / "events.jsonl")
    run_log.secrets.add(*stack.keys.secret_values())
    both = tuple(Cast(contexts, stack.target, run_log, tmp_path) for contexts in (browsers, in_firefox))
    yield both[0], both[1]
    for cast in both:
        cast.leave(failed=False)
    run_log.close()


@pytest.fixture
def party(stack: Stack) -> tuple[Party, Person]:
    """A party, and somebody who watches."""
    with closing(Supabase(stack.target)) as supabase:
        return supabase.create_party(supabase.create_user("Host"), "A party"), supabase.create_user("Viewer")


def test_chromium_is_seen_and_heard_in_firefox(casts: tuple[Cast, Cast], party: tuple[Party, Person]) -> None:
    in_chromium, in_firefox = casts
    host = in_chromium.host(party[0], party[0].host)
    viewer = in_firefox.viewer(*party)
    host.goes_live()
    viewer.sees(host, within=WITHIN)
    assert host.microphone_clip is not None
    hears_recorded(viewer, host.microphone_clip)


def hears_recorded(viewer: Viewer, clip_id: int) -> None:
    """Proof of sound as everywhere, of what Firefox recorded."""

    def why_not_yet() -> str | None:
        viewer.plays()
        return heard(viewer).why_not(clip_id)

    eventually(why_not_yet, within=WITHIN)


def heard(viewer: Viewer) -> Heard:
    """The page's own obstacles, as for any browser; the sound from a recording."""
    answer = viewer.page.evaluate(LISTEN, {"samples": SAMPLES, "since": viewer.opened_at, "end": False})
    recorded = viewer.page.evaluate(RECORD, SAMPLES)
    if recorded is not None:
        wave = (np.clip(recorded, -1, 1) * 32767).astype("<i2")
        answer |= {"samples": base64.b64encode(wave.tobytes()).decode(), "rate": 48000, "state": "running"}
    return judge(answer)


def test_firefox_is_seen_and_heard_in_chromium(casts: tuple[Cast, Cast], party: tuple[Party, Person]) -> None:
    in_chromium, in_firefox = casts
    host = in_firefox.host(party[0], party[0].host)
    viewer = in_chromium.viewer(*party)
    host.goes_live()
    looks: list[Look] = []

    def why_not_seen() -> str | None:
        viewer.plays()
        looks.append(Look.at(viewer.picture))
        return why_not_moving(looks)

    eventually(why_not_seen, within=WITHIN, every=0.3)
    with Ears(viewer.page) as ears:
        eventually(lambda: why_not_its_tone(ears.hear()), within=WITHIN, every=0.2)


def why_not_moving(looks: list[Look]) -> str | None:
    """Why these are no looks at a picture that comes, frame after frame, and changes."""
    first = next((look for look in looks if look.decoded), None)
    last = looks[-1]
    if first is None or last.decoded is None:
        return f"No picture of the Firefox has come: {last.shows_nothing()}."
    if last.decoded <= (first.decoded or 0):
        return f"No new frame has come after {first.decoded}."
    changed = max(abs(a - b) for a, b in zip(first.colour, last.colour, strict=True))
    return None if changed >= CHANGED else f"Its colour has changed by {changed:.1f} of {CHANGED} levels."


def why_not_its_tone(heard: Heard) -> str | None:
    """Why this is not the tone of a Firefox's own microphone."""
    if heard.tone is None or not heard.tone.is_pure:
        return f"No clear tone is heard: {heard.tone}, {heard.obstacles}."
    off = abs(heard.tone.hz - FIREFOX_TONE)
    return None if off <= NEAR else f"Expected {FIREFOX_TONE:.0f} Hz, heard {heard.tone.hz:.0f} Hz."


def test_a_still_and_another_tone_are_no_proof() -> None:
    still = Look(found=True, decoded=5, colour=(0.0, 255.0, 0.0))
    assert why_not_moving([still, still]) == "No new frame has come after 5."
    later = Look(found=True, decoded=50, colour=(0.0, 255.0, 0.0))
    assert why_not_moving([still, later]) == "Its colour has changed by 0.0 of 4.0 levels."
    assert why_not_its_tone(Heard(1, (), True, None, False)) == "No clear tone is heard: None, ()."
