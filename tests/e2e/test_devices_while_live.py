"""A device is lost while live: the host is told, viewers are told or keep the other track, and it heals."""

from __future__ import annotations

import pytest

from harness.browser.host import Host
from harness.browser.rehearsal import Rehearsal
from harness.browser.viewer import Viewer

STOPPED = (
    "Your {} has stopped: it was unplugged, or this page may no longer use it. "
    "Please check it, then switch it on again."
)
CAMERA_OFF = "The host\u2019s camera is off"
MICROPHONE_OFF = "The host\u2019s microphone is off"


@pytest.mark.check("P09")
@pytest.mark.check("P12")
def test_camera_unplugged_then_permission_revoked(rehearsal: Rehearsal) -> None:
    host, viewer = rehearsal.host.goes_live(), rehearsal.viewer
    viewer.sees(host)
    with rehearsal.meets("camera-unplugged"):
        host.reads_error(STOPPED.format("camera"))
        viewer.shows(CAMERA_OFF)
        viewer.hears(host)
    is_well_again(host, viewer)

    with rehearsal.meets("revoked-while-live") as met:
        host.reads_error(STOPPED.format("camera")).reads_error(STOPPED.format("microphone"))
        viewer.shows(CAMERA_OFF)
        viewer.shows(MICROPHONE_OFF)
        met.no_device_is_on()
    is_well_again(host, viewer)
    host.ends_party()


@pytest.mark.check("P09")
@pytest.mark.check("P12")
def test_microphone_unplugged(pluggable_rehearsal: Rehearsal) -> None:
    host, viewer = pluggable_rehearsal.host.goes_live(), pluggable_rehearsal.viewer
    viewer.hears(host)
    with pluggable_rehearsal.meets("mic-unplugged"):
        host.reads_error(STOPPED.format("microphone"))
        viewer.shows(MICROPHONE_OFF)
        viewer.sees(host)
    is_well_again(host, viewer)
    host.ends_party()


def is_well_again(host: Host, viewer: Viewer) -> None:
    """The host switches on what is off, on the same page, and the party goes on."""
    host.turns("Camera", on=True).turns("Microphone", on=True)
    viewer.sees_and_hears(host)
    host.reads_no_error()
