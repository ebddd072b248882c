"""A signed-in user who names a party gets a token for its call."""

from __future__ import annotations

import pytest

from harness.target import Party, Session, StreamApi, Target, TokenEndpoint, contract


@pytest.mark.check("T01")
def test_valid_session_and_party_get_exactly_the_seven_fields(
    target: Target, token_endpoint: TokenEndpoint, party: Party, host_session: Session
) -> None:
    answer = token_endpoint.ask(host_session.access_token, {"callType": "livestream", "callId": party.id})
    contract.granted(answer, target, party, party.host)


@pytest.mark.check("T02")
def test_token_is_the_users_own_for_a_day_and_nothing_more(
    target: Target, token_endpoint: TokenEndpoint, party: Party, host_session: Session
) -> None:
    answer = token_endpoint.ask(host_session.access_token, {"callType": "livestream", "callId": party.id})
    contract.granted(answer, target, party, party.host)
    contract.token_of(answer, target, party.host)


@pytest.mark.check("T10")
@pytest.mark.parametrize(
    "absent", [{}, {"callType": None}, {"callType": ""}], ids=["left out", "null", "empty"]
)
def test_call_type_is_livestream_unless_said(
    target: Target,
    token_endpoint: TokenEndpoint,
    stream_api: StreamApi,
    party: Party,
    host_session: Session,
    absent: dict[str, str | None],
) -> None:
    answer = token_endpoint.ask(host_session.access_token, {**absent, "callId": party.id})
    contract.granted(answer, target, party, party.host)
    contract.on_stream(answer, stream_api.call("livestream", party.id), party)
