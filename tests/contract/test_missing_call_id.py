"""Who does not say which call, is told so."""

from __future__ import annotations

import pytest

from harness.target import Session, TokenEndpoint, contract

BODIES: dict[str, dict[str, str | None] | bytes | None] = {
    "callType only": {"callType": "livestream"},
    "empty object": {},
    "empty callId": {"callType": "livestream", "callId": ""},
    "null callId": {"callType": "livestream", "callId": None},
    "empty body": b"",
    "no body": None,
}


@pytest.mark.check("T04")
@pytest.mark.parametrize("case", BODIES)
def test_body_without_a_call_id_is_refused(
    token_endpoint: TokenEndpoint, host_session: Session, case: str
) -> None:
    answer = token_endpoint.ask(host_session.access_token, BODIES[case])
    contract.refused(answer, 400, "Missing callId parameter")
