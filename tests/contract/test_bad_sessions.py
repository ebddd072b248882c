"""Whoever cannot prove who they are gets `401 Invalid auth`, and nothing more is said."""

from __future__ import annotations

from uuid import uuid4

import pytest

from harness.target import Party, Session, Supabase, Target, TokenEndpoint, contract

from .forgery import CASES, CONFUSED, TRUSTED, Forger

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


@pytest.fixture(scope="module")
def trusted_forger(forger: Forger, token_endpoint: TokenEndpoint, standing_party: Party) -> Forger:
    """A forger whose key the server takes: only then does a refusal prove that the claims were looked at."""
    if forger.shared_secret is None:
        pytest.skip(
            "not run: needs SUPABASE_JWT_SECRET, to sign sessions that are wrong in their claims alone"
        )
    answer = token_endpoint.ask(None, asked(standing_party), headers={"authorization": forger.trusted()})
    if answer.status != 200:
        pytest.skip(
            f"not run: needs a server that takes sessions signed with SUPABASE_JWT_SECRET\n{answer.shown}"
        )
    return forger


def asked(party: Party) -> dict[str, object]:
    """A request with nothing wrong in it but the session."""
    return {"callType": "livestream", "callId": party.id}


def expect_refusal(endpoint: TokenEndpoint, authorization: str | None, party: Party) -> None:
    """The one answer that all bad sessions get."""
    headers = {} if authorization is None else {"authorization": authorization}
    contract.refused(endpoint.ask(None, asked(party), headers=headers), 401, "Invalid auth")


def test_genuine_session_is_taken(
    target: Target, token_endpoint: TokenEndpoint, standing_party: Party, forger: Forger
) -> None:
    answer = token_endpoint.ask(forger.genuine, asked(standing_party))
    contract.granted(answer, target, standing_party, standing_party.host)


@pytest.mark.parametrize("case", CASES)
def test_bad_session_is_refused(
    token_endpoint: TokenEndpoint, standing_party: Party, forger: Forger, case: str
) -> None:
    expect_refusal(token_endpoint, CASES[case](forger), standing_party)


@pytest.mark.parametrize("form", CONFUSED)
def test_public_key_is_no_shared_secret(
    token_endpoint: TokenEndpoint, standing_party: Party, forger: Forger, form: str
) -> None:
    if not forger.public_keys:
        pytest.skip("not run: needs a project that signs sessions with an asymmetric key")
    expect_refusal(token_endpoint, forger.confused(CONFUSED[form]), standing_party)


@pytest.mark.parametrize("case", TRUSTED)
def test_session_with_wrong_claims_is_refused(
    token_endpoint: TokenEndpoint, standing_party: Party, trusted_forger: Forger, case: str
) -> None:
    """Signed by HS256 alone: nobody outside Supabase has the private key of its other sessions, so a server
    that looked at the claims of HS256 sessions only would not be found here."""
    expect_refusal(token_endpoint, TRUSTED[case](trusted_forger), standing_party)


def test_session_is_judged_before_the_body(token_endpoint: TokenEndpoint) -> None:
    contract.refused(token_endpoint.ask(None, {}), 401, "Invalid auth")
