"""A device that works for the browser and gives nothing: the host is warned before viewers could notice."""

from __future__ import annotations

import pytest

from harness.browser.rehearsal import Rehearsal

ENDED = "Your camera stopped as soon as it started. Please plug it in again and try again."
BLACK = (
    "Your camera gives a black picture. "
    "Please uncover its lens and switch on a light, or choose another camera."
)
SILENT = (
    "Your microphone gives no sound at all. "
    "Please look for a mute switch on it, or in the system's sound settings."
)
SWITCHED_OFF = (
    "Your camera is switched off by your computer. "
    "Please look for a switch or a shutter on it, or in the system's settings."
)
MUTED = "Your microphone is muted by your computer. Please unmute it in the system's sound settings."
FROZEN = (
    "Your camera's picture stands still. "
    "Please switch the camera off and on, or unplug it and plug it in again."
)


@pytest.mark.check("P10")
@pytest.mark.check("P12")
def test_warned_before_anything_is_live(rehearsal: Rehearsal) -> None:
    """A camera and a microphone in turn: each has to be good again for the next failure to be met."""
    for failure, says, offers in (
        ("ended-on-arrival", ENDED, ["Go live with sound only"]),
        ("silent-mic", SILENT, ["Go live with picture only", "Go live anyway"]),
        ("black-picture", BLACK, ["Go live with sound only", "Go live anyway"]),
        ("mic-muted", MUTED, ["Go live with picture only", "Go live anyway"]),
        ("camera-muted", SWITCHED_OFF, ["Go live with sound only", "Go live anyway"]),
    ):
        with rehearsal.meets(failure) as met:
            met.going_live_is_refused(says=says)
            met.offers(*offers)
    rehearsal.goes_well()


@pytest.mark.check("P10")
def test_black_in_the_preview(rehearsal: Rehearsal) -> None:
    host = rehearsal.host
    with rehearsal.meets("black-picture") as met:
        host.presses("Preview").reads_error(BLACK)
        met.nothing_is_published()
        host.presses("Preview")
        met.no_device_is_on()


@pytest.mark.check("P10")
@pytest.mark.check("P12")
def test_camera_freezes_while_live(rehearsal: Rehearsal) -> None:
    host, viewer = rehearsal.host.goes_live(), rehearsal.viewer
    viewer.sees(host)
    with rehearsal.meets("camera-freezes"):
        host.reads_error(FROZEN)
        viewer.hears(host)
    viewer.sees_and_hears(host)
    host.reads_no_error()
    host.ends_party()
