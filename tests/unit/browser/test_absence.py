"""Proof that nothing comes: red as long as a picture moves or a tone is heard; and whose light is on."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import Mock

import pytest
from playwright.sync_api import Error as PlaywrightError

from harness.browser.eventually import unchanged
from harness.browser.proof import prove_no_picture, prove_picture, prove_silence, prove_sound
from harness.browser.screen import prove_no_picture_left
from harness.errors import Finding
from tests.unit.browser.sides import LONG, Side, send

NewHost = Callable[..., Side]
MUTE = """kind => {
  for (const track of stream.getTracks()) if (track.kind === kind) track.enabled = false;
}"""
END = """kind => {
  for (const sender of pc.getSenders()) if (sender.track?.kind === kind) sender.replaceTrack(null);
}"""
COVER = """() => {
  const note = document.body.appendChild(document.createElement("p"));
  note.style.cssText = "position: fixed; inset: 0; background: black";
}"""
CAPTURE = """async () => {
  window.own = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
}"""
STOP_ALL_BUT_A_COPY = """() => {
  window.copy = own.getVideoTracks()[0].clone();
  for (const track of own.getTracks()) track.stop();
}"""


def test_a_picture_that_moves_is_no_absence_and_one_that_ended_is(new_host: NewHost, viewer: Side) -> None:
    host = new_host()
    send(host, viewer, audio=False)
    prove_picture(viewer.video, 1, within=LONG)
    with pytest.raises(Finding, match=r"expected the frames decoded to stay as they are, came \d+"):
        prove_no_picture(viewer.video, within=2)
    host.page.evaluate(END, "video")
    prove_no_picture(viewer.video, within=LONG)
    # Its last frame stays where no page takes it away: nobody may take that for an end.
    with pytest.raises(Finding, match=r"the page still shows frame \d+ of clip 1, frozen"):
        prove_no_picture_left(viewer.video, within=1)
    viewer.page.evaluate(COVER)
    prove_no_picture_left(viewer.video, within=LONG)
    viewer.page.evaluate("document.querySelector('video').remove()")
    prove_no_picture_left(viewer.video, within=LONG)


def test_a_tone_is_no_silence_and_a_muted_microphone_is(new_host: NewHost, viewer: Side) -> None:
    host = new_host()
    send(host, viewer, video=False)
    prove_sound(viewer.page, 1, within=LONG)
    with pytest.raises(Finding, match=r"Expected silence, (heard \d+ Hz|which has only just begun)"):
        prove_silence(viewer.page, within=2)
    host.page.evaluate(MUTE, "audio")
    prove_silence(viewer.page, within=LONG)


def test_a_light_is_on_as_long_as_a_track_or_its_clone_lives(new_host: NewHost) -> None:
    host = new_host()
    assert host.probe.capturing() == []
    host.page.evaluate(CAPTURE)
    assert host.probe.capturing() == ["audio", "video"]
    host.page.evaluate(STOP_ALL_BUT_A_COPY)
    assert host.probe.capturing() == ["video"]
    host.page.evaluate("copy.stop()")
    assert host.probe.capturing() == []


def test_what_goes_on_changing_is_told_with_its_last_value() -> None:
    values = iter(range(1_000_000))
    with pytest.raises(Finding, match=r"expected the bytes to stay as they are, came \d+ \(waited 0.2 s\)"):
        unchanged(lambda: next(values), seconds=0.1, within=0.2, what="the bytes")
    assert unchanged(lambda: 7, seconds=0.1, within=1, what="the bytes") == 7


def test_a_picture_that_cannot_be_looked_at_is_no_absence() -> None:
    video = Mock()
    video.count.return_value = 1
    video.first.is_visible.return_value = True
    video.first.screenshot.side_effect = PlaywrightError("Timeout 5000ms exceeded")
    with pytest.raises(Finding, match="could not be read: Timeout 5000ms exceeded"):
        prove_no_picture_left(video, within=0)
    video.first.is_visible.side_effect = [True, False]  # it went away meanwhile
    prove_no_picture_left(video, within=0)
