"""One callId through the whole system, and a ledger that shows where it parts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.errors import Finding
from harness.plugin import LedgerOf
from harness.target import Party
from harness.trace.sightings import Ledger, Place

# Everywhere that a run of the reference system must see the id. It has no webhook receiver and no recording.
REQUIRED: tuple[Place, ...] = (
    "party row",
    "host page",
    "host token request",
    "server log",
    "call on Stream",
    "host token answer",
    "host join",
    "host SFU join",
    "go live",
    "Stream event",
    "stream_app_id",
    "viewer page",
    "viewer token request",
    "viewer token answer",
    "viewer join",
    "viewer SFU join",
    "picture",
)


@pytest.mark.check("C01")
def test_every_sighting_is_of_the_partys_id(
    host: Host, viewer: Viewer, party: Party, ledger_of: LedgerOf
) -> None:
    journey_failed: Finding | None = None
    try:
        host.goes_live()
        viewer.sees(host)
    except Finding as finding:
        journey_failed = finding
    ledger = ledger_of(party, host, viewer)
    divergence = ledger.divergence()
    # Where ids part is why the journey failed, so it is said first.
    assert divergence is None, f"{divergence}; then: {journey_failed or 'the journey went on'}"
    if journey_failed is not None:
        raise journey_failed
    assert ledger.values() == {party.id, f"livestream:{party.id}"}


@pytest.mark.check("C02")
def test_no_sighting_is_missing(host: Host, viewer: Viewer, party: Party, ledger_of: LedgerOf) -> None:
    assert Ledger().missing(REQUIRED) == list(REQUIRED), "an empty ledger must miss every place"
    host.goes_live()
    viewer.sees(host)
    missing = ledger_of(party, host, viewer).missing(REQUIRED)
    assert not missing, (
        f"expected the callId at {len(REQUIRED)} places, it was not seen at: {', '.join(missing)}"
    )


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
