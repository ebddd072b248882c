"""A device that ends on the way to being live, at whatever moment: the host is told, and nothing is live.

Each moment is held by a request of the page that waits for its answer until the device has gone.
"""

from __future__ import annotations

import pytest

from harness.browser.devices import Service
from harness.browser.eventually import eventually
from harness.browser.fault import Asks, Fault, Held, asks_stream, saves_party
from harness.browser.host import Host
from harness.browser.rehearsal import Rehearsal
from harness.plugin import NothingLive
from harness.target import Target

SAYS = "Your {} stopped as soon as it started. Please plug it in again and try again."
WITHIN = 20.0


@pytest.mark.parametrize(
    ("service", "kind", "device"),
    [(Service.CAMERA, "video", "camera"), (Service.SOUND, "audio", "microphone")],
)
def test_told_and_nothing_is_live(
    rehearsal: Rehearsal, target: Target, off_air: NothingLive, service: Service, kind: str, device: str
) -> None:
    host, devices = rehearsal.host, rehearsal.devices
    assert devices is not None
    # As the camera is published (the microphone is ready for it, too), before the party is live, and after.
    moments: list[Asks] = [
        lambda request: request.url.partition("?")[0].endswith("/SetPublisher"),
        asks_stream("go_live"),
        saves_party(target),
    ]
    for asks in moments:
        with Fault(host, asks, Held()) as fault:
            host.clicks_go_live()
            fault.bites()
            assert devices.kill(service), f"expected a {device} that runs, so that it could die"
            eventually(lambda: why_not_lost(host, kind), within=WITHIN)
        host.reads_error(SAYS.format(device))
        off_air(rehearsal.party, host)
    rehearsal.goes_well()


def why_not_lost(host: Host, kind: str) -> str | None:
    """Why the page has not lost the device of this kind."""
    on = host.probe.capturing()
    return f"expected the track for {kind} to end, the page still captures {on}" if kind in on else None
