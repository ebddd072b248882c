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
FROZEN = (
    "Your camera's picture stands still. "
    "Please switch the camera off and on, or unplug it and plug it in again."
)


@pytest.mark.check("P10")
@pytest.mark.check("P12")
@pytest.mark.parametrize(
    ("failure", "says", "offers"),
    [
        ("ended-on-arrival", ENDED, ["Go live with sound only"]),
        ("black-picture", BLACK, ["Go live with sound only", "Go live anyway"]),
        ("silent-mic", SILENT, ["Go live with picture only", "Go live anyway"]),
    ],
)
def test_warned_before_anything_is_live(
    rehearsal: Rehearsal, failure: str, says: str, offers: list[str]
) -> None:
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
    viewer.sees(host).hears(host)
    assert host.error is None, f"expected no warning about what works again, the page shows {host.error!r}"
    host.ends_party()
