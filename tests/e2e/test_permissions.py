"""The browser denies what the host needs: the host is told, nothing is live, and it heals by itself."""

from __future__ import annotations

import pytest

from harness.browser.viewer import Viewer
from harness.plugin import NewHost, NothingLive
from harness.target import Party

DENIED = "Camera/microphone permission denied. Please allow access in your browser settings and refresh."


@pytest.mark.check("P01")
def test_camera_and_microphone_denied(
    party: Party, new_host: NewHost, viewer: Viewer, nothing_live: NothingLive
) -> None:
    host = new_host(party, permissions=())
    host.clicks_go_live().reads_error(DENIED)
    errors = {request.error_name for request in host.media_requests()}
    assert errors == {"NotAllowedError"}, f"expected NotAllowedError alone, the browser gave {errors}"
    nothing_live(party, host)

    host.page.context.grant_permissions(["camera", "microphone"])
    host.goes_live()
    viewer.sees(host).hears(host)
