"""A device is missing, busy, unsuitable or broken: the host is told, nothing is live, and it heals.

One go-live with picture and sound, on the same page, proves that all causes before it are gone.
"""

from __future__ import annotations

import pytest

from harness.browser.rehearsal import Rehearsal

NOT_FOUND = "No camera or microphone found. Please connect your devices and try again."
IN_USE = (
    "Camera or microphone is already in use by another application. Please close other apps and try again."
)
UNSUITABLE = "Selected device constraints not supported. Try selecting different devices."
INSECURE = "Camera and microphone need a secure page. Please open this page with https."
TOO_SLOW = "Camera or microphone did not start in time. Please check your devices and try again."
BLOCKED = "Camera and microphone are blocked on this page. Please open it in a tab of its own and try again."
MISUNDERSTOOD = (
    "Your browser does not understand how this page asks for your camera. "
    "Please update it, or use another browser."
)


@pytest.mark.check("P05")
@pytest.mark.check("P12")
def test_no_device(pluggable_rehearsal: Rehearsal) -> None:
    for failure, offers in (
        ("no-camera", ["Go live with sound only"]),
        ("no-mic", ["Go live with picture only"]),
        ("no-devices", []),
    ):
        with pluggable_rehearsal.meets(failure) as met:
            met.going_live_is_refused(says=NOT_FOUND)
            met.offers(*offers)
    pluggable_rehearsal.goes_well()


@pytest.mark.check("P06")
@pytest.mark.check("P12")
def test_device_in_use(rehearsal: Rehearsal) -> None:
    for failure in ("camera-busy", "mic-busy"):
        with rehearsal.meets(failure) as met:
            met.going_live_is_refused(says=IN_USE)
    rehearsal.goes_well()


@pytest.mark.check("P07")
@pytest.mark.check("P12")
def test_the_chosen_device_is_not_there_today(rehearsal: Rehearsal) -> None:
    with rehearsal.meets("overconstrained") as met:
        met.going_live_is_refused(says=UNSUITABLE)
    rehearsal.goes_well()


@pytest.mark.check("P08")
@pytest.mark.check("P12")
def test_rarer_errors(rehearsal: Rehearsal) -> None:
    for failure, says in (
        ("insecure-origin", INSECURE),
        ("security-error", BLOCKED),
        ("abort", TOO_SLOW),
        ("type-error", MISUNDERSTOOD),
    ):
        # Really made it takes Chromium ten seconds to give up: that is for `harness reproduce`.
        simulated = True if failure == "abort" else None
        with rehearsal.meets(failure, simulated=simulated) as met:
            met.going_live_is_refused(says=says)
    rehearsal.goes_well()
