"""What counts as a sentence for a person about the right failure, and what does not."""

from __future__ import annotations

import pytest

from harness.browser.failures import FAILURES
from harness.reproduce.page_text import says_live
from harness.reproduce.words import read

BROWSER = ("Permission denied", "Requested device not found", "Could not start audio source")
HELPFUL = [
    (failure.name, failure.message) for failure in FAILURES.values() if failure.message is not None
] + [
    ("permission-denied", "We need access to your camera: unblock it next to the address and try again."),
    ("mic-busy", "Your microphone is being used by another app. Close it and try again."),
    ("no-camera", "We can't find a camera. Plug one in, or go live with sound only."),
    ("overconstrained", "The camera that you chose is not here. Please select another one."),
    ("insecure-origin", "Your browser gives devices to secure pages only: open this one with https."),
    ("denied-by-policy", "Your permission is denied by this site: open the page in a tab of its own."),
    ("camera-unplugged", "Your camera was unplugged. Connect it again."),
    ("black-picture", "Your picture is black: is the lens covered?"),
    ("silent-mic", "We can't hear you: check that your microphone is not muted."),
    ("prompt-ignored", "Waiting for you to allow the camera"),
    ("type-error", "Turn on your camera or your microphone first."),
    ("permission-denied", "Camera blocked (NotAllowedError): allow it in your browser's settings."),
]
WRONG = [
    ("mic-busy", "Camera permission denied. Please allow access.", "another failure"),
    ("permission-denied", "No camera or microphone found. Please connect your devices.", "another failure"),
    ("no-camera", "Your camera is already in use by another application.", "another failure"),
    ("insecure-origin", "Cannot read properties of undefined (reading 'getUserMedia')", "shows a person"),
    ("type-error", "TypeError: at least one of audio and video must be requested", "'TypeError'"),
    ("no-mic", "Error: [object Object]", r"object"),
    ("permission-denied", "NotAllowedError: Permission denied", "browser's own words"),
    ("no-camera", "NotFoundError", "browser's own words"),
    ("no-camera", "Failed: Requested device not found", "browser's own words"),
]
OF_NO_HELP = [
    ("mic-busy", "Something went wrong."),
    ("permission-denied", "Go live"),
    ("camera-busy", "Viewers: 0"),
]


@pytest.mark.parametrize(("name", "line"), HELPFUL)
def test_a_sentence_that_helps(name: str, line: str) -> None:
    sentence = read(line, FAILURES[name], BROWSER)
    assert (sentence.fits, sentence.wrong) == (True, None)


@pytest.mark.parametrize(("name", "line", "why"), WRONG)
def test_a_sentence_that_misleads(name: str, line: str, why: str) -> None:
    sentence = read(line, FAILURES[name], BROWSER)
    assert sentence.wrong is not None
    assert why in sentence.wrong


@pytest.mark.parametrize(("name", "line"), OF_NO_HELP)
def test_a_line_that_says_nothing(name: str, line: str) -> None:
    sentence = read(line, FAILURES[name], BROWSER)
    assert (sentence.fits, sentence.wrong) == (False, None)


@pytest.mark.parametrize("line", ["You are live", "ON AIR", "\u25cf Live", "Streaming", "You are on air"])
def test_what_claims_to_be_on_air(line: str) -> None:
    assert says_live(["Party", line]) == line


@pytest.mark.parametrize(
    "line",
    ["Acme Streaming", "Streaming settings", "By Acme Broadcasting", "You are not live", "Go live"],
)
def test_what_does_not(line: str) -> None:
    assert says_live([line]) is None
