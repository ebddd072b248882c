"""The host ends: for everybody, at once, and wherever it is done from."""

from __future__ import annotations

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import ENDED as HOST_ENDED
from harness.browser.host import Host
from harness.browser.viewer import ENDED, Viewer
from harness.target import Party, StreamApi, StreamJournal, Supabase

SAVED_WITHIN = 5.0  # seconds


@pytest.mark.check("G08")
def test_row_viewers_and_media_all_stop(
    host: Host, viewer: Viewer, party: Party, supabase: Supabase, stream_api: StreamApi
) -> None:
    host.goes_live()
    viewer.sees(host)

    host.ends_party()
    # Asked first: viewers can only be told by a Stream that was.
    is_in_backstage(party, stream_api)
    viewer.reads_status(ENDED)
    has_ended(party, supabase)
    received = viewer.gets_no_more_media()
    assert received.video > 0, f"a picture was seen, but {received} bytes were counted"
    assert host.on_light == [], f"expected every light off, the page still captures {host.on_light}"
    nobody_is_left(stream_api, party)


@pytest.mark.check("G08")
def test_ending_twice_and_after_a_reload_is_ending_once(
    host: Host,
    viewer: Viewer,
    party: Party,
    supabase: Supabase,
    stream_journal: StreamJournal | None,
) -> None:
    host.goes_live()
    viewer.sees(host)
    asked = host.media_requests()
    host.reloads().double_clicks("End party").reads_status(HOST_ENDED)
    viewer.reads_status(ENDED)
    has_ended(party, supabase)
    for_ending = host.media_requests()[len(asked) :]
    assert for_ending == [], f"expected no capture to end a party, the page asked for {for_ending}"
    if stream_journal is not None:
        stops = [deed.operation for deed in stream_journal.deeds(party.host_id)].count("StopLive")
        assert stops == 1, f"expected one request to stop, {stops} came to Stream"


def has_ended(party: Party, supabase: Supabase) -> None:
    """The row says so, soon after the host and the viewers were told: an app may tell them first."""

    def why_not_yet() -> str | None:
        row = supabase.party_row(party.id)
        return f"expected a row that is not live, it is {row}" if row["is_live"] is not False else None

    eventually(why_not_yet, within=SAVED_WITHIN)


def is_in_backstage(party: Party, stream_api: StreamApi) -> None:
    """Stream was told."""

    def why_not_yet() -> str | None:
        call = stream_api.call("livestream", party.id)
        if call is None or not call["backstage"]:
            has = "it live: the request to stop did not reach it" if call else "no such call"
            return f"expected livestream:{party.id} in backstage after the host ended, Stream has {has}"
        return None

    eventually(why_not_yet, within=20)


def nobody_is_left(stream_api: StreamApi, party: Party) -> None:
    """Stream has nobody in the call any more."""

    def why_not_yet() -> str | None:
        there = stream_api.participants("livestream", party.id)
        return f"expected nobody in the call, Stream has {there}" if there else None

    eventually(why_not_yet, within=20)
