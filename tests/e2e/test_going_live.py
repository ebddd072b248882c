"""A host goes live, and viewers who waited, and who come late, see and hear that host."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.steps import (
    ON_STREAM,
    Step,
    expected_steps,
    misstep,
    rows_in_database,
    steps_on_stream,
)
from harness.browser.viewer import WAITING, Viewer
from harness.plugin import Keep
from harness.target import Party, StreamApi, StreamJournal, Supabase
from harness.target.row_updates import row_updates

SAVED_WITHIN = 5.0  # seconds


@pytest.mark.check("G01")
def test_six_steps_in_order_and_once_each(
    host: Host, party: Party, stream_api: StreamApi, stream_journal: StreamJournal | None
) -> None:
    host.goes_live()
    steps = host.steps()
    are_once_and_in_order(steps, expected_steps(host.target), "the page took")
    is_alone(host, party, stream_api)
    if stream_journal is not None:
        # What left the page once may still arrive twice, elsewhere, or not at all.
        came = steps_on_stream(stream_journal.deeds(party.host_id))
        arrives = [*ON_STREAM]
        if log := host.target.database_log:
            came += rows_in_database(row_updates(log, host.target.party, party.id))
            arrives.append("party row")
        are_once_and_in_order(came, arrives, "came to Stream and the database")
        made = [deed.operation for deed in stream_journal.servers_deeds(f"livestream:{party.id}")]
        assert made.count("GetOrCreateCall") == 1, f"expected one call to be made, servers asked for {made}"
    (join,) = (step for step in steps if step.name == "join")
    assert join.detail == "create: false", f"expected a join that creates no call, came {join.detail}"
    publishes_both(host)


@pytest.mark.check("G02")
def test_stream_says_live_and_so_does_the_host_page(host: Host, party: Party, stream_api: StreamApi) -> None:
    host.goes_live()
    call = stream_api.call("livestream", party.id)
    assert call is not None, f"expected the call livestream:{party.id} on Stream, there is none"
    assert call["backstage"] is False, "expected a call that is live, Stream has it backstage"


@pytest.mark.check("G03")
def test_viewer_sees_and_hears_the_host(host: Host, viewer: Viewer, keep: Keep) -> None:
    host.goes_live()
    viewer.sees(host).hears(host)
    viewer.is_shown_the_right_way_round()
    keep(host, viewer)


@pytest.mark.check("G04")
def test_no_media_and_no_error_before_the_host_is_live(host: Host, viewer: Viewer) -> None:
    viewer.reads_status(WAITING)
    before = viewer.received_media_bytes()
    assert before.total == 0, f"expected no media before go-live, the viewer received {before}"
    assert viewer.error is None, f"expected a viewer who waits, the page shows the error {viewer.error!r}"
    host.goes_live()
    viewer.sees(host)
    after = viewer.received_media_bytes()
    # The count that said zero can count.
    assert after.video > 0, f"a picture was seen, but {after} bytes were counted"
    # Not even in the moment between the host's capture and going live.
    joins, live = viewer.recorder.operations("join"), host.went_live_at
    assert joins, "a picture was seen, but no request to join was seen"
    assert live is not None, "the host is live, but no request to go live was seen"
    joined = joins[0].t
    assert joined >= live, f"the viewer joined the call {live - joined:.3f} s before the host went live"


@pytest.mark.check("G05")
def test_row_says_live_and_names_the_call(host: Host, party: Party, supabase: Supabase) -> None:
    before = supabase.party_row(party.id)
    assert before["is_live"] is False, f"a fresh party must not be live: {before}"
    host.goes_live()
    # Whose party it is, and what it is called, stays; where the row says it.
    stays: dict[str, object] = {name: before[name] for name in ("host_id", "title") if name in before}
    expected = {"is_live": True, "stream_app_id": party.id, **stays}

    def why_not_yet() -> str | None:
        row = supabase.party_row(party.id)
        good = {name: row[name] for name in expected} == expected
        return None if good else f"expected {expected}, the row is {row}"

    eventually(why_not_yet, within=SAVED_WITHIN)  # an app may tell people first


@pytest.mark.check("G06")
def test_viewer_who_waited_plays_without_a_reload(host: Host, viewer: Viewer) -> None:
    viewer.reads_status(WAITING)
    waited_in = viewer.document_began
    host.goes_live()
    viewer.sees(host)
    assert viewer.document_began == waited_in, "expected the page that waited to play; it was loaded anew"


@pytest.mark.check("G07")
def test_viewer_who_comes_late_gets_a_picture(
    host: Host, party: Party, new_viewer: Callable[[Party], Viewer]
) -> None:
    host.goes_live()
    publishes_both(host)
    new_viewer(party).sees(host)


def is_alone(host: Host, party: Party, stream_api: StreamApi) -> None:
    """The host is in the call, once, and nobody else."""

    def why_not_yet() -> str | None:
        there = stream_api.participants("livestream", party.id)
        alone = there == [party.host_id]
        return None if alone else f"expected {host.who}, {party.host_id}, alone, Stream has {there}"

    eventually(why_not_yet, within=20)


def are_once_and_in_order(steps: Sequence[Step], expected: Sequence[str], where: str) -> None:
    """These steps and no others."""
    wrong = misstep(steps, expected)
    assert wrong is None, (
        f"expected the steps {', '.join(expected)}, once each and in this order; {where}: {wrong}:\n"
        + "\n".join(f"{step.name}: {step.detail}" for step in steps)
    )


def publishes_both(host: Host) -> None:
    """Camera and microphone both leave the host's page."""

    def why_not_yet() -> str | None:
        sent = host.probe.sent_media_bytes()
        return (
            None
            if sent.audio and sent.video
            else f"expected sound and picture to leave the host, sent {sent}"
        )

    eventually(why_not_yet, within=20)
