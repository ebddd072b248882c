"""To ask again while the party is live renews the token, and changes nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from harness.errors import Finding
from harness.target import Party, Session, StreamApi, Target, TokenEndpoint, contract

DONE = (200, 201)
# What a renewal must leave alone. Times of creation and ending are Stream's own, so that one more call of the
# same id would show, too.
KEPT = ("cid", "created_at", "ended_at", "backstage", "custom")


@pytest.mark.check("T08")
def test_second_request_while_live_renews_the_token_and_changes_nothing(
    target: Target, token_endpoint: TokenEndpoint, stream_api: StreamApi, party: Party, host_session: Session
) -> None:
    asked = {"callType": "livestream", "callId": party.id}
    first = token_endpoint.ask(host_session.access_token, asked)
    contract.granted(first, target, party, party.host)
    gone_live = stream_api.as_user(first.token, "POST", f"/call/livestream/{party.id}/go_live", {})
    assert gone_live.status_code in DONE, f"expected the host's go_live to pass, came {gone_live.text}"
    try:
        before = facts_of(stream_api, first.token, party)
        assert before["backstage"] is False, f"expected a call that is live before the renewal, came {before}"
        second = token_endpoint.ask(host_session.access_token, asked)
        after = facts_of(stream_api, second.token, party)
    finally:  # a given party shall not stay on air
        stream_api.as_user(first.token, "POST", f"/call/livestream/{party.id}/stop_live", {})

    contract.granted(second, target, party, party.host)
    was, now = (contract.token_of(answer, target, party.host) for answer in (first, second))
    if now["iat"] < was["iat"]:
        raise Finding(second.story(f"a fresh token, iat {was['iat']} or later; its claims are {now}"))
    if after != before:
        raise Finding(second.story(f"a live call that stays as it was, {before}; Stream has {after}"))


def facts_of(stream_api: StreamApi, token: str, party: Party) -> dict[str, Any]:
    """The call and its members, as Stream shows them to the bearer of `token`."""
    shown = stream_api.as_user(token, "GET", f"/call/livestream/{party.id}")
    assert shown.status_code in DONE, f"expected Stream to show the call, came {shown.text}"
    call, members = shown.json()["call"], shown.json()["members"]
    kept = {name: call.get(name) for name in KEPT}
    listed = sorted((member["user_id"], member.get("role")) for member in members)
    return {**kept, "created_by": call["created_by"]["id"], "members": listed}
