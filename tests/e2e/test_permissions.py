"""The browser does not let the page have a device: the host is told, nothing is live, and it heals.

One go-live with picture and sound, on the same page, proves that all causes before it are gone.
"""

from __future__ import annotations

import pytest

from harness.browser.rehearsal import Rehearsal

DENIED = "Camera/microphone permission denied. Please allow access in your browser settings and refresh."
CLOSED = (
    "The browser's question about your camera was closed without an answer. "
    "Please try again and choose Allow."
)
WAITING = "Waiting for permission: please answer your browser's question about the camera"
FORBIDDEN = "This site does not let its own pages use your camera. Please tell whoever runs it."
FRAMED = (
    "This page is shown inside another site, which does not let it use your camera. "
    "Please open it in a tab of its own."
)


@pytest.mark.check("P01")
@pytest.mark.check("P12")
def test_camera_and_microphone_denied(rehearsal: Rehearsal) -> None:
    with rehearsal.meets("permission-denied") as met:
        met.going_live_is_refused(says=DENIED)
        met.offers()  # no way out when both are denied
    rehearsal.goes_well()


@pytest.mark.check("P02")
@pytest.mark.check("P12")
def test_one_of_both_denied(rehearsal: Rehearsal) -> None:
    host, viewer = rehearsal.host, rehearsal.viewer
    with rehearsal.meets("camera-denied") as met:
        met.going_live_is_refused(says=DENIED)
        met.offers("Go live with sound only")
        # A denied camera does not cost the microphone.
        host.presses("Go live with sound only").reads_status("You are live")
        viewer.hears(host)
        assert host.probe.capturing() == ["audio"], "expected the microphone alone to be on"
        host.ends_party()
    with rehearsal.meets("mic-denied") as met:
        met.going_live_is_refused(says=DENIED)
        met.offers("Go live with picture only")
    rehearsal.goes_well()


@pytest.mark.check("P03")
@pytest.mark.check("P12")
def test_prompt_dismissed_and_left_open(rehearsal: Rehearsal) -> None:
    host = rehearsal.host
    with rehearsal.meets("prompt-dismissed") as met:
        met.going_live_is_refused(says=CLOSED)
    with rehearsal.meets("prompt-ignored") as met:
        host.clicks_go_live().reads_status(WAITING)
        asked = met.requests()
        came = ", ".join(map(str, asked)) or "none"
        assert [one.outcome for one in asked] == ["pending"], (
            f"expected a request without an answer, came {came}"
        )
        host.presses("Stop waiting")
        met.nothing_is_live()
        host.reads_no_error()
    rehearsal.goes_well()
    assert asked[0] not in met.requests(), "expected the request that was given up to have been answered"
    met.no_device_is_on()


@pytest.mark.check("P04")
@pytest.mark.check("P12")
def test_denied_by_whoever_serves_or_embeds_the_page(rehearsal: Rehearsal) -> None:
    for failure, says in (("denied-by-policy", FORBIDDEN), ("iframe-without-allow", FRAMED)):
        with rehearsal.meets(failure) as met:
            met.going_live_is_refused(says=says)
    rehearsal.goes_well()
