"""Whoever cannot prove who they are gets `401 Invalid auth`, and nothing more is said."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from uuid import uuid4

import pytest

from harness.errors import NotGiven
from harness.target import Party, Session, Supabase, Target, TokenEndpoint, contract

from .forgery import CASES, CONFUSED, TRUSTED, Forger, KeyHolder
from .own_server import own_server, settings_of
from .served import served
from .stand_in import StandIn

pytestmark = pytest.mark.check("T03")


@pytest.fixture(scope="module")
def forger(target: Target, supabase: Supabase, standing_session: Session) -> Forger:
    """Imitates the session of the host."""
    return Forger(
        genuine=standing_session.access_token,
        public_keys=supabase.public_keys(),
        shared_secret=target.supabase_jwt_secret,
        victim_id=str(uuid4()),
        anon_key=target.needed("supabase_anon_key"),
    )


Trusted = tuple[Forger, TokenEndpoint]
LEFT_TO_AUTH = ("wrong issuer", "wrong audience")


@pytest.fixture(scope="module")
def by_secret(forger: Forger, token_endpoint: TokenEndpoint, standing_party: Party) -> Trusted | None:
    """A forger with the project's HS256 secret, if it has one that its endpoint goes by."""
    if forger.shared_secret is None:
        return None
    answer = token_endpoint.ask(None, asked(standing_party), headers={"authorization": forger.trusted()})
    return (forger, token_endpoint) if answer.status == 200 else None


@pytest.fixture(scope="module")
def by_key(
    target: Target, page_origin: str, forger: Forger, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trusted | None]:
    """A forger with the private key of a project that stands in for the target's, before a server like it."""
    if target.token_server_command is None:
        yield None
        return
    stand_in = StandIn(target)
    with served(stand_in.app()) as url:
        settings = {**settings_of(target, page_origin), "SUPABASE_URL": url}
        with own_server(target, settings, tmp_path_factory.mktemp("stand-in") / "log") as own:
            endpoint = TokenEndpoint(own)
            yield KeyHolder(**vars(forger), sign=partial(stand_in.session, url)), endpoint
            endpoint.close()


def asked(party: Party) -> dict[str, object]:
    """A request with nothing wrong in it but the session."""
    return {"callType": "livestream", "callId": party.id}


def expect_refusal(endpoint: TokenEndpoint, authorization: str | None, party: Party, case: str = "") -> None:
    """The one answer that all bad sessions get."""
    headers = {} if authorization is None else {"authorization": authorization}
    contract.refused(endpoint.ask(None, asked(party), headers=headers), 401, "Invalid auth", case)


def test_genuine_session_is_taken(
    target: Target, token_endpoint: TokenEndpoint, standing_party: Party, forger: Forger
) -> None:
    answer = token_endpoint.ask(forger.genuine, asked(standing_party))
    contract.granted(answer, target, standing_party, standing_party.host)


@pytest.mark.parametrize("case", CASES)
def test_bad_session_is_refused(
    token_endpoint: TokenEndpoint, standing_party: Party, forger: Forger, case: str
) -> None:
    expect_refusal(token_endpoint, CASES[case](forger), standing_party, case)


@pytest.mark.parametrize("form", CONFUSED)
def test_public_key_is_no_shared_secret(
    token_endpoint: TokenEndpoint, standing_party: Party, forger: Forger, form: str
) -> None:
    if not forger.public_keys:
        pytest.skip("not run: needs a project that signs sessions with an asymmetric key")
    expect_refusal(
        token_endpoint,
        forger.confused(CONFUSED[form]),
        standing_party,
        f"HS256 with the public key as {form}",
    )


@pytest.mark.parametrize("case", TRUSTED)
def test_session_with_wrong_claims_is_refused(
    supabase: Supabase, by_secret: Trusted | None, by_key: Trusted | None, standing_party: Party, case: str
) -> None:
    """Nothing is wrong with how they are signed: by HS256 where it is taken, and by a published key."""
    if by_secret is None and by_key is None:
        raise NotGiven(
            "needs HARNESS_TOKEN_SERVER_COMMAND, or a SUPABASE_JWT_SECRET that the endpoint goes by"
        )
    if by_key is not None:
        expect_wrong_claims_refused(by_key, standing_party, case)
    if by_secret is None:
        return
    # Auth of a project looks at neither issuer nor audience: who asks it can know no better.
    if case in LEFT_TO_AUTH and supabase.takes(TRUSTED[case](by_secret[0])):
        if by_key is None:
            raise NotGiven(
                "needs HARNESS_TOKEN_SERVER_COMMAND: this project's Auth takes such a session itself"
            )
        return
    expect_wrong_claims_refused(by_secret, standing_party, case)


def expect_wrong_claims_refused(trusted: Trusted, party: Party, case: str) -> None:
    """Only where the genuine one is taken does a refusal prove that the claims were looked at."""
    forger, endpoint = trusted
    genuine = endpoint.ask(None, asked(party), headers={"authorization": forger.trusted()})
    assert genuine.status == 200, genuine.story("200: nothing is wrong with this session")
    expect_refusal(endpoint, TRUSTED[case](forger), party, case)
