"""Who is not signed in, or whose session is refused, is told so; nothing is captured or goes live."""

from __future__ import annotations

import pytest

from harness.browser.host import Host
from harness.plugin import NewHost, NothingLive
from harness.target import Party, Target

from .spoilt_session import spoil_session


@pytest.mark.check("N01")
def test_without_a_session_nothing_is_asked(
    party: Party, new_host: NewHost, nothing_live: NothingLive
) -> None:
    host = new_host(party, signed_in=False)
    host.clicks_go_live().reads_error("Please log in to start a live stream")
    assert host.recorder.token_requests == 0, "expected no request for a token without a session, one left"
    assert host.media_requests() == [], "expected no capture without a session"
    nothing_live(party, host)


@pytest.mark.check("N02")
def test_refused_session_is_told(host: Host, party: Party, target: Target, nothing_live: NothingLive) -> None:
    spoil_session(host.page, target.sign_in.storage_key)
    host.clicks_go_live().reads_error("Stream auth failed (Invalid auth). Please refresh and try again.")
    assert host.recorder.token_requests == 1, f"expected one request, {host.recorder.token_requests} left"
    assert host.media_requests() == [], "expected no capture after a refused session"
    nothing_live(party, host)
