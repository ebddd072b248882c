"""Two parties at once: each viewer is at their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.plugin import NewHost, OneId
from harness.target import Party


@pytest.mark.check("G13", "C04")
def test_each_viewer_sees_and_hears_their_own_host(
    new_party: Callable[[], Party],
    new_host: NewHost,
    new_viewer: Callable[[Party], Viewer],
    one_id: OneId,
) -> None:
    one, other = new_party(), new_party()
    with one_id(one, other):
        host, other_host = new_host(one, "host_a"), new_host(other, "host_b")
        viewer, other_viewer = new_viewer(one), new_viewer(other)
        host.goes_live()
        other_host.goes_live()
        for watching, party in ((viewer, one), (other_viewer, other)):
            shows_the_host_of_the_call(watching, party, (host, other_host))
        # The proofs name the host: another's mark or tone is refused.
        viewer.sees(host).hears(host)
        other_viewer.sees(other_host).hears(other_host)
        viewer.sees(host)


def shows_the_host_of_the_call(viewer: Viewer, party: Party, hosts: tuple[Host, ...]) -> None:
    """Whoever the mark in the picture belongs to is live on the call that the viewer joined: the party's."""
    seen, joined = viewer.recognises(*hosts), viewer.joined_call
    live_on = seen.live_call
    assert joined is not None, f"{viewer.who} sees {seen.who}, but no join was seen"
    assert live_on is not None, f"{viewer.who} sees {seen.who}, but no go_live was seen"
    calls = {
        "party": party.id,
        f"{viewer.who} joined": joined.call_id,
        f"{seen.who} is live": live_on.call_id,
    }
    assert set(calls.values()) == {party.id}, f"expected the picture of the call's host, came {calls}"
