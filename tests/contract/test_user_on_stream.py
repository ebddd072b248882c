"""Whoever asks is known on Stream by the name that the app shows for them."""

from __future__ import annotations

import pytest

from harness.target import Party, Session, StreamApi, Supabase, Target, TokenEndpoint, contract


@pytest.mark.check("T09")
def test_user_is_known_with_id_name_and_role(
    target: Target, token_endpoint: TokenEndpoint, stream_api: StreamApi, party: Party, host_session: Session
) -> None:
    answer = token_endpoint.ask(host_session.access_token, {"callType": "livestream", "callId": party.id})
    contract.granted(answer, target, party, party.host)
    # Of a user who was given, only the answer tells the name.
    name = party.host.name or answer.json["userName"]
    expected = {"id": party.host.id, "name": name, "role": "user"}
    contract.known_as(answer, stream_api.user(party.host.id), expected)


@pytest.mark.check("T09")
def test_later_change_of_name_is_carried_over(
    token_endpoint: TokenEndpoint,
    supabase: Supabase,
    stream_api: StreamApi,
    party: Party,
    host_session: Session,
) -> None:
    asked = {"callType": "livestream", "callId": party.id}
    token_endpoint.ask(host_session.access_token, asked)
    renamed = f"{party.host.name} II"
    supabase.rename(party.host, renamed)
    answer = token_endpoint.ask(host_session.access_token, asked)
    expected = {"id": party.host.id, "name": renamed, "role": "user"}
    contract.known_as(answer, stream_api.user(party.host.id), expected)
