"""Outages of the SFU as the current client of Stream goes through them: proved, and over in the end.

Each test first proves the outage from outside, then the picture again, then that nobody is there twice.
"""

from __future__ import annotations

import time

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.picture import FROZEN_AFTER, Look
from harness.browser.viewer import Viewer
from harness.target import Party
from tests.unit.outages.disturber import Disturber

# The SDK tries to go on for 10 s before it joins anew, and waits longer between attempts each time.
COMES_BACK = 45.0


@pytest.fixture
def live(host: Host, viewer: Viewer) -> None:
    """Host and viewer are in the call, the viewer sees the host."""
    host.goes_live()
    viewer.sees(host)


@pytest.mark.usefixtures("live")
def test_signalling_breaks_and_the_picture_does_not(
    host: Host, viewer: Viewer, party: Party, disturber: Disturber
) -> None:
    sessions = disturber.sessions()
    decoded = Look.at(viewer.picture).decoded or 0
    disturber.outage("cut_signalling", viewer)
    disturber.happens("Disconnected")
    disturber.joins_again(viewer)
    viewer.sees(host)
    # On a slow machine the client may try twice, and not more.
    joins = disturber.joins_again(viewer)
    assert len(joins) <= 2, f"expected one reconnect or two, came {len(joins)}: {joins}"
    assert all(join["reconnected"] for join in joins), f"expected a FAST reconnect, came {joins}"
    # Media never stopped: the count of the same connection went on.
    assert (Look.at(viewer.picture).decoded or 0) > decoded
    assert disturber.sessions() == sessions, disturber.joins()
    assert party.id in disturber.cid


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("who", ["viewer", "host"])
def test_media_breaks_and_is_restored_while_signalling_lives(
    host: Host, viewer: Viewer, disturber: Disturber, who: str
) -> None:
    disturber.outage("cut_media", host if who == "host" else viewer)
    stands_still(viewer)
    assert not disturber.journal("Disconnected"), "expected signalling to live on"
    viewer.sees(host, within=COMES_BACK)
    viewer.hears(host)
    disturber.one_of_each()


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("who", ["viewer", "host"])
def test_who_is_asked_to_go_away_migrates(host: Host, viewer: Viewer, disturber: Disturber, who: str) -> None:
    person = host if who == "host" else viewer
    sessions = disturber.sessions()
    connections = person.probe.connections_made()
    disturber.outage("go_away", person)
    first, *_ = disturber.joins_again(person)
    assert first["strategy"] == 4, f"expected MIGRATE, came {first}"
    disturber.happens("participant_migration_complete")
    assert person.probe.connections_made() > connections
    viewer.sees(host, within=COMES_BACK)
    viewer.hears(host)
    assert disturber.sessions() == sessions, disturber.joins()


@pytest.mark.usefixtures("live")
def test_the_sfu_restarts_and_everybody_comes_back(host: Host, viewer: Viewer, disturber: Disturber) -> None:
    before = disturber.sessions()
    disturber.restarts()
    stands_still(viewer)
    viewer.sees(host, within=COMES_BACK)
    viewer.hears(host)
    disturber.one_of_each()
    assert disturber.sessions().keys() == before.keys()
    assert set(disturber.sessions().values()).isdisjoint(before.values()), "expected new sessions"


def stands_still(viewer: Viewer) -> None:
    """Proof of the outage: for as long as counts as frozen there is no picture, or no new frame of it."""
    since: list[tuple[float, int | None]] = []

    def why_not_yet() -> str | None:
        now, decoded = time.monotonic(), Look.at(viewer.picture).decoded
        if since and decoded not in (None, since[0][1]):
            since.clear()
        since.append((now, decoded))
        return None if now - since[0][0] >= FROZEN_AFTER else f"the picture goes on: {decoded} frames decoded"

    eventually(why_not_yet, within=30)
