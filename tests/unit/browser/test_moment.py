"""What is gathered at a moment is what was there: picture, sound, measurements, devices - or why not."""

from __future__ import annotations

import io
from collections.abc import Callable

import av
import numpy as np
import pytest
from playwright.sync_api import BrowserContext

from harness.browser import moment
from harness.browser.eventually import eventually
from harness.browser.moment import gather
from harness.browser.recorder import Recorder
from harness.media.tone import clip_of, dominant_frequency
from harness.trace.events import RunLog
from harness.trace.evidence import Account, Series
from tests.unit.browser.sides import LONG, Side, send

SEEN = """() => window[Symbol.for("harness.probe")].samples
  .filter(({ entries }) => entries.some((entry) => entry.framesDecoded)).length"""
Watched = Callable[..., tuple[Side, Recorder]]


@pytest.fixture
def watched(new_window: Callable[..., BrowserContext], page_url: str, run_log: RunLog) -> Watched:
    """Makes pages that are open, with a recorder: `watched("host", "host_a", "camera")`."""

    def make(who: str, profile: str, *permissions: str) -> tuple[Side, Recorder]:
        page = new_window(profile, *permissions).new_page()
        recorder = Recorder(
            page, who, "host" if who == "host" else "viewer", run_log, "http://127.0.0.1/token"
        )
        page.goto(page_url)
        return Side(page, recorder.probe), recorder

    return make


def heard(sound: bytes) -> int | None:
    """The clip whose tone is in a recording."""
    with av.open(io.BytesIO(sound), "r") as recording:
        frames = [frame.to_ndarray().mean(axis=0) for frame in recording.decode(audio=0)]
        rate = recording.streams.audio[0].rate
    samples = np.concatenate(frames)
    samples = samples / 32768 if np.abs(samples).max() > 2 else samples
    assert samples.size / rate > 1.8, f"expected two seconds of sound, came {samples.size / rate:.1f}"
    tone = dominant_frequency(samples, rate)
    return None if tone is None else clip_of(tone.hz)


def decoded(account: Account) -> Series:
    (series,) = (one for one in account.series if one.name.startswith("video frames decoded"))
    return series


def test_what_a_viewer_sees_and_hears_is_kept_and_a_stall_shows(watched: Watched) -> None:
    host, _ = watched("host", "host_a", "camera", "microphone")
    viewer, recorder = watched("viewer", "no_devices")
    send(host, viewer)
    eventually(lambda: None if viewer.page.evaluate(SEEN) > 2 else "Few were measured.", within=LONG)
    while_live = gather([recorder])
    host.page.evaluate("() => Promise.all(pc.getSenders().map((sender) => sender.replaceTrack(null)))")

    def stalled() -> str | None:
        values = [value for _, value in decoded(gather([recorder])).points]
        return None if values[-1] == 0 and max(values) > 5 else f"The picture goes on: {values}"

    eventually(stalled, within=LONG)

    names = {exhibit.name for exhibit in while_live.exhibits}
    assert {"screen", "screen, later", "picture in the page: Live picture", "received sound"} <= names
    (sound,) = (one for one in while_live.exhibits if one.media_type.startswith("audio/"))
    assert heard(sound.content) == 1
    frames = [one.content for one in while_live.exhibits if one.name.startswith("picture in the page")]
    assert len(set(frames)) > 2, "the picture moves"
    told = {row.text: row for row in while_live.rows if row.kind in ("devices", "connection")}
    assert told["camera: denied"].who == "viewer"
    assert "m=video" in told["connection 1: remote offer"].more
    assert "m=video" in told["connection 1: local answer"].more
    assert "connection 1: connection connected" in told
    assert while_live.missing == ()


def test_what_a_host_was_given_and_refused_is_told_with_permissions_and_devices(watched: Watched) -> None:
    host, recorder = watched("host", "host_a", "camera")
    host.page.evaluate(
        """async () => {
          console.log("chatter");
          await navigator.mediaDevices.getUserMedia({ video: true });
          await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => {});
          await navigator.mediaDevices.getUserMedia({ video: { width: { exact: 99999 } } }).catch(() => {});
          await navigator.mediaDevices.enumerateDevices();
        }"""
    )
    account = gather([recorder])
    told = [row.text for row in account.rows]
    assert 'getUserMedia({"audio": true}) -> NotAllowedError: Permission denied' in told
    assert [text for text in told if text.endswith("(constraint: width)")]
    assert "camera permission: granted" in told
    assert "microphone permission: denied" in told
    assert [text for text in told if text.startswith("devices: [") and "audioinput" in text]
    assert [text for text in told if text.startswith("devices: ") and "videoinput" in text]
    assert "log: chatter" in told
    assert [text for text in told if text.startswith("document: GET http://127.0.0.1")]
    assert {exhibit.name for exhibit in account.exhibits} == {"screen"}
    assert account.missing == (f"host: {moment.NO_CONNECTION}",)


def test_a_page_that_does_not_answer_is_said_to_be_missing(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moment, "ANSWERS_WITHIN", 0.5)
    host, recorder = watched("host", "no_devices")
    host.page.evaluate("() => console.error('last words')")
    host.page.evaluate(
        "() => { setTimeout(() => { const end = Date.now() + 4000; while (Date.now() < end); }) }"
    )
    account = gather([recorder])
    assert account.missing[0].startswith("The page of host does not answer: ")
    assert "error: last words" in [row.text for row in account.rows]


def test_a_page_that_is_gone_takes_nothing_else_with_it(watched: Watched) -> None:
    gone, its_recorder = watched("host", "no_devices")
    _, recorder = watched("viewer", "no_devices")
    gone.page.close()
    account = gather([its_recorder, recorder])
    assert {exhibit.who for exhibit in account.exhibits} == {"viewer"}
    assert [sentence for sentence in account.missing if "host" in sentence]


def test_a_page_is_as_before_when_it_was_asked(watched: Watched) -> None:
    side, recorder = watched("viewer", "no_devices")
    look = "() => [Reflect.ownKeys(window).length, document.documentElement.outerHTML]"
    before = side.page.evaluate(look)
    gather([recorder])
    assert side.page.evaluate(look) == before
