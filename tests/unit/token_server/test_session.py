"""Sessions as Supabase signs them: which are taken, and how its keys are fetched."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import jwt
import pytest

from harness.target import Answer, Party, Person, contract
from harness.token_server import signing_keys
from harness.token_server.session import CLOCK_SKEW
from tests.unit.token_server.small_supabase import SigningKey
from tests.unit.token_server.system import System, running

SECRET = secrets.token_hex(32)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[System]:
    """A server that has not fetched any key yet."""
    with running(tmp_path / "log") as system:
        yield system


def ask(system: System, party: Party, session: str) -> Answer:
    return system.endpoint.ask(session, {"callType": "livestream", "callId": party.id})


def session_of(system: System, person: Person, **changes: object) -> str:
    user = next(user for user in system.small_supabase.users if user["id"] == person.id)
    return system.small_supabase.session(user, **changes)


def taken(system: System, party: Party, session: str) -> None:
    contract.granted(ask(system, party, session), system.target, party, party.host)


def refused(system: System, party: Party, session: str) -> None:
    contract.refused(ask(system, party, session), 401, "Invalid auth")


def test_rs256_is_taken(fresh: System) -> None:
    fresh.small_supabase.signing_keys = [SigningKey("RS256")]
    party = fresh.new_party()
    taken(fresh, party, fresh.session(party.host))


def test_es256_is_not_taken_under_a_key_for_rs256(fresh: System) -> None:
    ours, theirs = SigningKey(), SigningKey("RS256")
    fresh.small_supabase.signing_keys, party = [theirs], fresh.new_party()
    claims = jwt.decode(fresh.session(party.host), options={"verify_signature": False})
    ours.kid = theirs.kid
    refused(fresh, party, ours.sign(claims))


def test_published_symmetric_key_is_never_taken(fresh: System) -> None:
    key, party = SigningKey(), fresh.new_party()
    session = fresh.session(party.host)
    key.public = {"kty": "oct", "k": "c2VjcmV0" * 8, "kid": "shared", "alg": "HS256"}
    fresh.small_supabase.signing_keys.append(key)
    claims = jwt.decode(session, options={"verify_signature": False})
    refused(fresh, party, jwt.encode(claims, b"secret" * 8, "HS256", headers={"kid": "shared"}))
    taken(fresh, party, session)


def test_hs256_is_taken_with_the_projects_secret_only(tmp_path: Path) -> None:
    with running(tmp_path / "log", jwt_secret=SECRET) as system:
        party = system.new_party()
        claims = jwt.decode(system.session(party.host), options={"verify_signature": False})
        taken(system, party, jwt.encode(claims, SECRET, "HS256"))
        refused(system, party, jwt.encode(claims, secrets.token_hex(32), "HS256"))


def test_hs256_is_refused_without_a_secret(shared: System) -> None:
    party = shared.new_party()
    claims = jwt.decode(shared.session(party.host), options={"verify_signature": False})
    keys = map(shared.target.needed, ("supabase_service_role_key", "stream_api_secret"))
    for guess in (SECRET, *keys):
        refused(shared, party, jwt.encode(claims, guess, "HS256"))


def test_clocks_may_differ_a_little(shared: System) -> None:
    party, now = shared.new_party(), int(time.time())
    # Time only passes: these two are at the border itself, and a slow machine moves them away from it.
    refused(shared, party, session_of(shared, party.host, exp=now - CLOCK_SKEW))
    taken(shared, party, session_of(shared, party.host, nbf=now + CLOCK_SKEW, iat=now + CLOCK_SKEW))
    # These two it moves towards the border: they lie so far from it that it does not carry them across.
    taken(shared, party, session_of(shared, party.host, exp=now - CLOCK_SKEW + 15))
    refused(shared, party, session_of(shared, party.host, nbf=now + CLOCK_SKEW + 15))
    refused(shared, party, session_of(shared, party.host, iat=now + CLOCK_SKEW + 15))


def test_skew_is_what_the_documents_say() -> None:
    assert CLOCK_SKEW == 30


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": float("inf")},
        {"sub": None},
        {"sub": ""},
        {"sub": "no uuid"},
        {"aud": None},
        {"aud": ["anon"]},
        {"iss": None},
        {"iss": "https://other.example/auth/v1"},
    ],
    ids=str,
)
def test_claims_that_are_wrong_are_refused(shared: System, wrong: dict[str, object]) -> None:
    party = shared.new_party()
    taken(shared, party, session_of(shared, party.host))
    refused(shared, party, session_of(shared, party.host, **wrong))


@pytest.mark.parametrize("token", ["a.b.c", "é", "..", "e30.e30.", "W10.e30.", "[" * 9000])
def test_unreadable_session_is_refused(shared: System, token: str) -> None:
    refused(shared, shared.new_party(), token)


def test_keys_are_fetched_once_for_many(fresh: System) -> None:
    party = fresh.new_party()
    for _ in range(5):
        taken(fresh, party, fresh.session(party.host))
    assert fresh.small_supabase.key_fetches == 1


def test_new_key_is_known_at_once_and_the_old_one_forgotten(fresh: System) -> None:
    party = fresh.new_party()
    old = fresh.session(party.host)
    taken(fresh, party, old)
    fresh.small_supabase.signing_keys = [SigningKey()]
    taken(fresh, party, fresh.session(party.host))
    refused(fresh, party, old)


def test_flood_of_unknown_keys_is_no_flood_of_fetches(fresh: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_keys, "PER", 3600.0)  # however slow this machine is
    party, stranger = fresh.new_party(), SigningKey()
    session = fresh.session(party.host)
    claims = jwt.decode(session, options={"verify_signature": False})
    for _ in range(4 * signing_keys.FETCHES):
        stranger.kid = str(uuid4())
        refused(fresh, party, stranger.sign(claims))
    assert fresh.small_supabase.key_fetches == signing_keys.FETCHES
    taken(fresh, party, session)


def test_known_keys_outlive_an_outage_of_the_key_server(fresh: System) -> None:
    party, stranger = fresh.new_party(), SigningKey()
    session = fresh.session(party.host)
    taken(fresh, party, session)
    claims = jwt.decode(session, options={"verify_signature": False})
    fresh.small_supabase.down = True
    refused(fresh, party, stranger.sign(claims))
    fresh.small_supabase.down = False
    taken(fresh, party, session)
