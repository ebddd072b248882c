"""The host ends: for everybody, at once, and wherever it is done from."""

from __future__ import annotations

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import ENDED as HOST_ENDED
from harness.browser.host import Host
from harness.browser.viewer import ENDED, Viewer
from harness.target import Party, StreamApi, Supabase


@pytest.mark.check("G08")
def test_row_viewers_and_media_all_stop(
    host: Host, viewer: Viewer, party: Party, supabase: Supabase, stream_api: StreamApi
) -> None:
    host.goes_live()
    viewer.sees(host)

    host.ends_party()
    viewer.reads_status(ENDED)
    received = viewer.gets_no_more_media()
    assert received.video > 0, f"a picture was seen, but {received} bytes were counted"

    row, call = supabase.party_row(party.id), stream_api.call("livestream", party.id)
    assert row["is_live"] is False, f"expected a row that is not live, it is {row}"
    assert call is not None, f"expected the call livestream:{party.id} on Stream, there is none"
    assert call["backstage"] is True, "expected a call in backstage, Stream has it live"
    assert host.on_light == [], f"expected every light off, the page still captures {host.on_light}"
    nobody_is_left(stream_api, party)


@pytest.mark.check("G08")
def test_ending_twice_and_after_a_reload_is_ending(
    host: Host, viewer: Viewer, party: Party, supabase: Supabase
) -> None:
    host.goes_live()
    viewer.sees(host)
    host.reloads().presses("End party").reads_status(HOST_ENDED)
    viewer.reads_status(ENDED)
    assert supabase.party_row(party.id)["is_live"] is False
    assert host.media_requests()[2:] == [], "expected no capture to end a party"


def nobody_is_left(stream_api: StreamApi, party: Party) -> None:
    """Stream has nobody in the call any more."""

    def why_not_yet() -> str | None:
        there = stream_api.participants("livestream", party.id)
        return f"expected nobody in the call, Stream has {there}" if there else None

    eventually(why_not_yet, within=15)
