"""Who only watches needs no permission and no device, and is asked for none."""

from __future__ import annotations

import pytest

from harness.browser.failures import failure_named
from harness.browser.rehearsal import Rehearsal


@pytest.mark.check("P11")
def test_everything_denied_and_no_device(rehearsal: Rehearsal) -> None:
    host, viewer = rehearsal.host, rehearsal.viewer
    with failure_named("viewer-without-devices").arm(viewer, None) as uninvited:
        host.goes_live()
        viewer.sees_and_hears(host)
        viewer.reloads().sees_and_hears(host)
        uninvited.bit()
    asked = viewer.media_requests()
    assert asked == [], f"expected that a viewer is asked for nothing, the page asked {asked}"
    assert viewer.error is None, f"expected no error, the viewer reads {viewer.error!r}"
    host.ends_party()
