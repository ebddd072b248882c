"""Pages live on another origin: without these headers a browser keeps every answer from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from uuid import uuid4

import pytest

from harness.target import Answer, Party, Session, TokenEndpoint, contract

PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
}


MEBIBYTE = 1 << 20


class Case(NamedTuple):
    """A request about a party, and the statuses that its answer may have."""

    statuses: range
    body: Callable[[Party], dict[str, str] | bytes | None]
    signed_in: bool = True
    method: str = "POST"


def only(status: int) -> range:
    """This status alone."""
    return range(status, status + 1)


# Which 4xx it is, is not what is asked here, where only a careless or foreign client would cause it.
REFUSED = range(400, 500)
CASES = {
    "200": Case(only(200), lambda party: {"callType": "livestream", "callId": party.id}),
    "400": Case(only(400), lambda _: {"callType": "livestream"}),
    "401": Case(only(401), lambda party: {"callType": "livestream", "callId": party.id}, signed_in=False),
    "404": Case(only(404), lambda _: {"callType": "livestream", "callId": str(uuid4())}),
    "405": Case(REFUSED, lambda _: None, method="GET"),
    "malformed JSON": Case(REFUSED, lambda party: f'{{"callId": "{party.id}"'.encode()),
    "oversized body": Case(REFUSED, lambda party: {"callId": party.id + "x" * MEBIBYTE}),
}


@pytest.mark.check("T05")
def test_preflight_lets_the_page_send_its_session(token_endpoint: TokenEndpoint, page_origin: str) -> None:
    answer = token_endpoint.ask(None, None, method="OPTIONS", origin=page_origin, headers=PREFLIGHT)
    contract.preflight_allows(answer, page_origin)


@pytest.mark.check("T05")
@pytest.mark.parametrize("case", CASES)
def test_page_may_read_every_answer(
    token_endpoint: TokenEndpoint, party: Party, host_session: Session, page_origin: str, case: str
) -> None:
    statuses, body, signed_in, method = CASES[case]
    session = host_session.access_token if signed_in else None
    answer = token_endpoint.ask(session, body(party), origin=page_origin, method=method)
    assert_status(answer, statuses)
    contract.readable_from(answer, page_origin)


def assert_status(answer: Answer, statuses: range) -> None:
    """The answer is of the kind whose headers are looked at."""
    assert answer.status in statuses, answer.story(f"a status from {statuses[0]} to {statuses[-1]}")
