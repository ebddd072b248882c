"""One callId through the whole system, and a ledger that shows where it parts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.plugin import LedgerOf, NewHost, OneId
from harness.target import Party, StreamApi, Target
from harness.trace.sightings import Ledger, Place


@pytest.mark.check("C01", "C02")
def test_every_place_has_seen_the_partys_id_and_no_other(
    party: Party,
    new_host: NewHost,
    new_viewer: Callable[[Party], Viewer],
    target: Target,
    stream_api: StreamApi,
    one_id: OneId,
) -> None:
    required = target.sightings()
    assert Ledger().missing(required) == required, "an empty ledger must miss every place"
    with one_id(party, required=required):
        host = new_host(party)
        viewer = new_viewer(party)
        host.goes_live()
        if "recording" in required:
            stream_api.start_recording("livestream", party.id)
        viewer.sees(host)
        if "recording" in required:
            is_recorded(stream_api, party)


def is_recorded(stream_api: StreamApi, party: Party) -> None:
    """The recording ends, and Stream has a file of it."""
    stream_api.stop_recording("livestream", party.id)

    def why_not_yet() -> str | None:
        ready = stream_api.recordings("livestream", party.id)
        return None if ready else "expected a recording of the call, Stream has none ready"

    eventually(why_not_yet, within=20)


@pytest.mark.check("C03")
def test_id_stays_over_reloads_reconnection_and_second_go_live(
    host: Host,
    viewer: Viewer,
    party: Party,
    new_viewer: Callable[[Party], Viewer],
    ledger_of: LedgerOf,
    one_id: OneId,
) -> None:
    with one_id(party):
        host.goes_live()
        viewer.sees(host)

        viewer.reloads().sees(host)
        viewer.loses_network().reconnects().sees(host)
        host.reloads().goes_live()
        viewer.sees(host)
        host.ends_party().goes_live()
        second = new_viewer(party)
        second.sees(host)

    # Each of these came again, and was seen when it did.
    again: dict[Place, int] = {"go live": 3, "host join": 3, "viewer token request": 3, "viewer join": 3}
    places = [sighting.where for sighting in ledger_of(party, host, viewer, second).in_order()]
    seldom = {place: places.count(place) for place, least in again.items() if places.count(place) < least}
    assert not seldom, f"expected sightings of each time, {again} at least; came {seldom}"


@pytest.mark.check("C05")
def test_ledger_names_the_first_place_where_ids_part(
    host: Host,
    new_party: Callable[[], Party],
    new_viewer: Callable[[Party], Viewer],
    party: Party,
    ledger_of: LedgerOf,
) -> None:
    other = new_party()
    host.goes_live()
    astray = new_viewer(other)
    # Somebody follows a wrong link: meant for this party, at another.
    ledger = Ledger([*ledger_of(party, host).in_order(), *astray.recorder.sightings])
    divergence = ledger.divergence()
    assert divergence is not None, "expected the ledger to notice a viewer at another party"
    told = str(divergence)
    assert divergence.at.where == "viewer page", f"expected the viewer's page to be named first, came: {told}"
    assert divergence.at.call_id == other.id, told
    assert divergence.before.call_id == party.id, told
    for value in (party.id, other.id, divergence.at.where, divergence.before.where):
        assert value in told, f"expected {value} in the sentence, which is: {told}"
