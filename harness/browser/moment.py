"""What people's pages show, hear and have at one moment: gathered only when somebody has to ask why.

It takes SOUND_SECONDS where sound is received and hardly any time elsewhere; a page that does not answer any
more is said to be missing, and what was heard of it before is told all the same.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError

from harness.browser.recorder import Recorder
from harness.browser.statistics import series_of
from harness.trace.evidence import Account, Exhibit, Row

BEGIN = Path(__file__).with_name("moment.js").read_text(encoding="utf-8")
RESULT = "() => window[Symbol.for('harness.moment')]?.result"
END = "() => { delete window[Symbol.for('harness.moment')] }"
SOUND_SECONDS = 2.1  # what a recorder gives is a little shorter
FRAME_WIDTH = 480
SCREEN = "screen"
ANSWERS_WITHIN = 5.0  # seconds
NO_CONNECTION = "no peer connection was negotiated in this document: there is no SDP, and nothing to plot."


def gather(people: Sequence[Recorder]) -> Account:
    """All that can be had of these people now, from their pages and from what was kept of them."""
    account = Account()
    asked = []
    for person in people:
        failure = _begin(person)
        account += _kept(person)
        if failure is None:
            account += _screen(person, SCREEN)
            asked.append(person)
        else:
            account += Account(missing=(f"The page of {person.who} does not answer: {failure}",))
    for person in asked:
        account += _result(person)
    return account


def _begin(person: Recorder) -> str | None:
    """Why the page cannot be asked, or None: then it gathers. Not `evaluate`, which waits for ever."""
    try:
        told = {"seconds": SOUND_SECONDS, "width": FRAME_WIDTH}
        person.page.wait_for_function(BEGIN, arg=told, timeout=ANSWERS_WITHIN * 1000, polling=200)
    except PlaywrightError as error:
        return _first_line(error)
    return None


def _result(person: Recorder) -> Account:
    try:
        within = (SOUND_SECONDS + ANSWERS_WITHIN) * 1000
        said = person.page.wait_for_function(RESULT, timeout=within, polling=50).json_value()
        person.page.wait_for_function(f"() => (({END})(), true)", timeout=ANSWERS_WITHIN * 1000, polling=200)
    except PlaywrightError as error:
        return Account(missing=(f"The page of {person.who} gave no answer: {_first_line(error)}",))
    sounds = said["sounds"]
    # Once more, after the sound: what has changed since is what moves.
    return _told(person.who, said) + (_screen(person, f"{SCREEN}, later") if sounds else Account())


def _screen(person: Recorder, name: str) -> Account:
    try:
        picture = person.page.screenshot(timeout=ANSWERS_WITHIN * 1000)
    except PlaywrightError as error:
        return Account(missing=(f"The {name} of {person.who}: {_first_line(error)}",))
    return Account(exhibits=(Exhibit(time.time(), person.who, name, "image/png", picture),))


def _kept(person: Recorder) -> Account:
    """What was heard of the page while nobody asked."""
    rows = [
        Row(
            request.t,
            person.who,
            "media",
            str(request) + (f" (constraint: {request.constraint})" if request.constraint else ""),
            request.error_name is not None,
        )
        for request in person.probe.heard_requests
    ]
    rows += [Row(had.t, person.who, "devices", f"{had.what}: {had.value}") for had in person.probe.had]
    return Account((*person.kept, *rows))


def _told(who: str, said: dict[str, Any]) -> Account:
    has = [
        Row(said["at"], who, "devices", f"{name}: {', '.join(value) if isinstance(value, list) else value}")
        for name, value in said["had"].items()
    ]
    frames = [
        _exhibit(who, f"picture in the page: {frame['name']}", "image/jpeg", frame)
        for frame in said["frames"]
    ]
    sounds = [_exhibit(who, "received sound", sound["type"], sound) for sound in said["sounds"]]
    missing = [f"{who}: {sentence}" for sentence in said["missing"]]
    if said["made"] is not None and not said["states"] and not said["samples"]:
        missing.append(f"{who}: {NO_CONNECTION}")
    return Account(
        (*has, *_states(who, said["states"])),
        tuple(series_of(who, said["samples"])),
        (*frames, *sounds),
        tuple(missing),
    )


def _states(who: str, states: Sequence[dict[str, Any]]) -> list[Row]:
    return [
        Row(
            state["at"] / 1000,
            who,
            "connection",
            f"connection {state['connection']}: {state['what']} {state['value']}".strip(),
            state["value"] in ("failed", "disconnected"),
            state["sdp"] or "",
        )
        for state in states
    ]


def _exhibit(who: str, name: str, media_type: str, said: dict[str, Any]) -> Exhibit:
    return Exhibit(said["at"], who, name, media_type, base64.b64decode(said["content"]))


def _first_line(error: PlaywrightError) -> str:
    return error.message.partition("\n")[0]
