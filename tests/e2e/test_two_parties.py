"""Two parties at once: each viewer is at their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.browser.viewer import Viewer
from harness.plugin import NewHost
from harness.target import Party


@pytest.mark.check("G13")
def test_each_viewer_sees_and_hears_their_own_host(
    new_party: Callable[[], Party], new_host: NewHost, new_viewer: Callable[[Party], Viewer]
) -> None:
    one, other = new_party(), new_party()
    host, other_host = new_host(one, "host_a"), new_host(other, "host_b")
    viewer, other_viewer = new_viewer(one), new_viewer(other)
    host.goes_live()
    other_host.goes_live()
    # The proofs name the host: another's mark or tone is refused.
    viewer.sees(host).hears(host)
    other_viewer.sees(other_host).hears(other_host)
    viewer.sees(host)
