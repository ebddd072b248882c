"""Pages live on another origin: without these headers a browser keeps every answer from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from harness.errors import Finding
from harness.target import Answer, Party, Session, Target, TokenEndpoint, contract

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


# What the server makes of these is the matter of other checks: here it is only whether the page may read it.
ANY = range(200, 600)
CASES = {
    "200": Case(only(200), lambda party: {"callType": "livestream", "callId": party.id}),
    "400": Case(only(400), lambda _: {"callType": "livestream"}),
    "401": Case(only(401), lambda party: {"callType": "livestream", "callId": party.id}, signed_in=False),
    "unknown party": Case(ANY, lambda _: {"callType": "livestream", "callId": str(uuid4())}),
    "another method": Case(ANY, lambda _: None, method="GET"),
    "malformed JSON": Case(ANY, lambda party: f'{{"callId": "{party.id}"'.encode()),
    "oversized body": Case(ANY, lambda party: {"callId": party.id + "x" * MEBIBYTE}),
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


# The answers that a foreign page could use: the permission to ask, a token, a reason.
KINDS = ("preflight", "200", "401")


@pytest.fixture(scope="session")
def forbidden_origin(target: Target) -> str:
    """An origin that the endpoint's allow-list does not name."""
    return target.needed("forbidden_origin")


def host_of(origin: str) -> str:
    """The origin without its port."""
    parts = urlsplit(origin)
    return f"{parts.scheme}://{parts.hostname}"


# Origins that are not on the list either, and that a careless comparison takes for one that is.
FOREIGN: dict[str, Callable[[str, str], str]] = {
    "named": lambda forbidden, _: forbidden,
    "starts like ours": lambda forbidden, own: f"{host_of(own)}.{urlsplit(forbidden).hostname}",
    "ends like ours": lambda _, own: host_of(own).replace("://", "://another"),
    "null": lambda *_: "null",
}


@pytest.mark.check("T06")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("foreign", FOREIGN)
def test_foreign_origin_gets_no_permission(
    token_endpoint: TokenEndpoint,
    party: Party,
    host_session: Session,
    page_origin: str,
    forbidden_origin: str,
    foreign: str,
    kind: str,
) -> None:
    origin = FOREIGN[foreign](forbidden_origin, page_origin)
    # Only where our own pages have the permission does it mean anything that others have not.
    contract.readable_from(asked_from(page_origin, kind, token_endpoint, party, host_session), page_origin)
    answer = asked_from(origin, kind, token_endpoint, party, host_session)
    if "access-control-allow-origin" in answer.headers:
        raise Finding(
            answer.story(f"no access-control-allow-origin, since {origin} is not on the allow-list")
        )


@pytest.mark.check("T06")
@pytest.mark.parametrize("kind", KINDS)
def test_answer_that_depends_on_the_origin_says_so(
    token_endpoint: TokenEndpoint,
    party: Party,
    host_session: Session,
    page_origin: str,
    forbidden_origin: str,
    kind: str,
) -> None:
    """A cache would else hand the answer for one origin to another."""
    answers = [
        asked_from(origin, kind, token_endpoint, party, host_session)
        for origin in (page_origin, forbidden_origin, None)
    ]
    if len({answer.headers.get("access-control-allow-origin") for answer in answers}) == 1:
        return
    for answer in answers:
        varies = {name.strip().lower() for name in answer.headers.get("vary", "").split(",")}
        if not varies & {"origin", "*"}:
            raise Finding(answer.story("vary: Origin, since access-control-allow-origin differs by origin"))


def asked_from(
    origin: str | None, kind: str, endpoint: TokenEndpoint, party: Party, session: Session
) -> Answer:
    """An answer of this kind, to a page of `origin`; to no page when None."""
    if kind == "preflight":
        return endpoint.ask(None, None, method="OPTIONS", origin=origin, headers=PREFLIGHT)
    token = session.access_token if kind == "200" else None
    # A server may also refuse a foreign page altogether: what counts is who may read the answer.
    return endpoint.ask(token, {"callType": "livestream", "callId": party.id}, origin=origin)


def assert_status(answer: Answer, statuses: range) -> None:
    """The answer is of the kind whose headers are looked at."""
    assert answer.status in statuses, answer.story(f"a status from {statuses[0]} to {statuses[-1]}")
