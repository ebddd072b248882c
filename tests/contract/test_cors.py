"""Pages live on another origin: without these headers a browser keeps every answer from them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from harness.target import Answer, Party, Session, TokenEndpoint, contract

PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
}


@pytest.mark.check("T05")
def test_preflight_lets_the_page_send_its_session(token_endpoint: TokenEndpoint, page_origin: str) -> None:
    answer = token_endpoint.ask(None, None, method="OPTIONS", origin=page_origin, headers=PREFLIGHT)
    contract.preflight_allows(answer, page_origin)


@pytest.mark.check("T05")
@pytest.mark.parametrize("status", [200, 400, 401, 404])
def test_page_may_read_every_answer(
    token_endpoint: TokenEndpoint, party: Party, host_session: Session, page_origin: str, status: int
) -> None:
    session = host_session.access_token
    asked: dict[int, tuple[str | None, dict[str, str]]] = {
        200: (session, {"callType": "livestream", "callId": party.id}),
        400: (session, {"callType": "livestream"}),
        401: (None, {"callType": "livestream", "callId": party.id}),
        404: (session, {"callType": "livestream", "callId": str(uuid4())}),
    }
    answer = token_endpoint.ask(*asked[status], origin=page_origin)
    assert_status(answer, status)
    contract.readable_from(answer, page_origin)


def assert_status(answer: Answer, status: int) -> None:
    """The answer is of the kind whose headers are looked at."""
    assert answer.status == status, answer.story(f"status {status}")
