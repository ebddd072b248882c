"""Many watch one party: all get the picture, and their number is right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.target import Party, StreamApi, Target

VIEWERS = 5


@pytest.mark.check("G14")
def test_five_viewers_come_and_go(
    host: Host, party: Party, target: Target, new_viewer: Callable[[Party], Viewer], stream_api: StreamApi
) -> None:
    if target.sign_in.viewer:
        target.needed("supabase_service_role_key")  # one given viewer in five windows would count as one
    host.goes_live().counts(0)
    viewers = [new_viewer(party) for _ in range(VIEWERS)]
    for viewer in viewers:
        viewer.sees(host)
    watch(VIEWERS, host, party, stream_api)
    viewers[0].counts(VIEWERS)

    viewers.pop().leaves()
    watch(VIEWERS - 1, host, party, stream_api)
    viewers[0].counts(VIEWERS - 1)
    # Who comes back is one more, not two.
    viewers[0].reloads().sees(host)
    watch(VIEWERS - 1, host, party, stream_api)
    viewers[1].counts(VIEWERS - 1)


def watch(number: int, host: Host, party: Party, stream_api: StreamApi) -> None:
    """So many watch: Stream has them and the host once, and the host's page says it."""

    def why_not_yet() -> str | None:
        there = stream_api.participants("livestream", party.id)
        watching = [user for user in there if user != party.host_id]
        right = len(watching) == len(set(watching)) == number and len(there) == number + 1
        return None if right else f"expected the host and {number} viewers in the call, Stream has {there}"

    # Asked first: pages can only tell what Stream does.
    eventually(why_not_yet, within=20)
    host.counts(number)
