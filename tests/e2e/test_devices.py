"""A device is missing: the host is told, nothing is live, and it heals once the device is there."""

from __future__ import annotations

import pytest

from harness.browser.browsers import Browsers
from harness.browser.viewer import Viewer
from harness.plugin import NewHost, NothingLive
from harness.target import Party

NOT_FOUND = "No camera or microphone found. Please connect your devices and try again."


@pytest.mark.check("P05")
def test_no_camera(
    party: Party, new_host: NewHost, viewer: Viewer, browsers: Browsers, nothing_live: NothingLive
) -> None:
    host = new_host(party, "no_camera")
    host.clicks_go_live().reads_error(NOT_FOUND)
    errors = {request.error_name for request in host.media_requests()}
    assert errors == {"NotFoundError"}, f"expected NotFoundError alone, the browser gave {errors}"
    nothing_live(party, host)

    with browsers.camera_plugged("no_camera"):
        host.goes_live()
        viewer.sees(host).hears(host)
