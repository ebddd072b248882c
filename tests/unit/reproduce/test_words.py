"""What counts as a sentence for a person about the right failure, and what does not."""

from __future__ import annotations

import pytest

from harness.browser.failures import FAILURES
from harness.reproduce.words import Sentence, read, read_all
from tests.unit.reproduce.phrases import GENERIC, RIGHT
from tests.unit.reproduce.phrases import WRONG as WRONG_ONES

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
    ("viewer-without-devices", "Allow your camera to watch.", "none has failed"),
    ("another-tab-holds-device", "We could not start your camera.", "none has failed"),
    ("no-camera", "Camera access is turned off for this site. Open the padlock menu.", "another failure"),
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


@pytest.mark.parametrize("name", FAILURES)
def test_sentences_of_many_pages(name: str) -> None:
    def helps(line: str) -> bool:
        return read(line, FAILURES[name], BROWSER) == Sentence(line, True, None)

    assert [line for line in RIGHT.get(name, []) if not helps(line)] == []
    assert [line for line in [*WRONG_ONES.get(name, []), *GENERIC] if helps(line)] == []


def test_each_failure_that_is_to_be_told_has_sentences() -> None:
    told = {name for name, failure in FAILURES.items() if failure.topic != "nothing"}
    assert told == set(RIGHT) == set(WRONG_ONES)


@pytest.mark.parametrize(
    ("lines", "helps"),
    [
        (["Camera problem", "It is used by another app."], True),
        (["Something went wrong", "Try again"], False),
        (["Camera", "Server: Dublin"], False),
    ],
)
def test_a_title_and_its_text_are_read_together(lines: list[str], helps: bool) -> None:
    assert any(one.fits for one in read_all(lines, FAILURES["camera-busy"], BROWSER)) == helps
