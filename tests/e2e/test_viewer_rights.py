"""A viewer watches: no device, no publishing, no going live, whatever they try."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.target import Party, Person, StreamApi, Supabase, TokenEndpoint

DONE = (200, 201)
PUBLISHING = {"send-audio", "send-video", "screenshare"}


@pytest.mark.check("G15")
def test_viewer_is_asked_for_nothing_and_publishes_nothing(host: Host, viewer: Viewer) -> None:
    host.goes_live()
    viewer.sees(host)
    asked = [str(request) for request in viewer.media_requests()]
    assert asked == [], f"expected no request for a device, came {', '.join(asked)}"
    sent = viewer.probe.sent_media_bytes()
    assert sent.total == 0, f"expected nothing from a viewer, it sent {sent}"


@pytest.mark.check("G15")
def test_viewers_own_token_may_neither_go_live_nor_publish(
    party: Party,
    new_person: Callable[[], Person],
    token_endpoint: TokenEndpoint,
    supabase: Supabase,
    stream_api: StreamApi,
) -> None:
    def token_of(person: Person) -> str:
        session = supabase.sign_in(person)
        return token_endpoint.ask(session.access_token, {"callType": "livestream", "callId": party.id}).token

    viewers, hosts = token_of(new_person()), token_of(party.host)
    go_live, join = (f"/call/livestream/{party.id}/{operation}" for operation in ("go_live", "join"))

    tried = stream_api.as_user(viewers, "POST", go_live, {})
    assert tried.status_code == 403, (
        f"expected 403 for a viewer's go_live, came {tried.status_code} {tried.text}"
    )
    call = stream_api.call("livestream", party.id)
    assert call is not None, f"expected the call livestream:{party.id} on Stream, there is none"
    assert call["backstage"] is True, "a viewer took the call out of backstage"
    # The same request by the host is granted: it was refused for who asked, not for how.
    granted = stream_api.as_user(hosts, "POST", go_live, {})
    assert granted.status_code in DONE, f"expected the host's go_live to pass, came {granted.text}"

    joined = stream_api.as_user(viewers, "POST", join, {"location": "local"})
    assert joined.status_code in DONE, f"expected a viewer to join a live call, came {joined.text}"
    may = set(joined.json()["own_capabilities"])
    assert not may & PUBLISHING, f"expected a viewer who may only watch, Stream grants {sorted(may)}"
