"""Sessions of a project that publishes no key and gave no secret: Auth is asked, no more than it can bear."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import jwt
import pytest
from starlette.responses import JSONResponse, Response

from harness.target import Answer, Party, contract
from harness.token_server import remote_check
from harness.token_server.refusal import Refusal
from harness.token_server.remote_check import RemoteCheck
from harness.token_server.supabase import Supabase
from tests.contract.served import Broken
from tests.unit.own_loop import in_loop_of_its_own
from tests.unit.token_server.small_supabase import SigningKey
from tests.unit.token_server.system import PAGES, System, running


@pytest.fixture
def legacy(tmp_path: Path) -> Iterator[System]:
    """A project that signs with a secret that the token server was not told."""
    with running(tmp_path / "log") as system:
        system.small_supabase.auth_secret = secrets.token_hex(32)
        yield system


def ask(system: System, party: Party, session: str) -> Answer:
    return system.endpoint.ask(session, {"callId": party.id}, origin=PAGES)


def session_of(system: System, party: Party, **changes: object) -> str:
    user = next(user for user in system.small_supabase.users if user["id"] == party.host_id)
    return system.small_supabase.session(user, **changes)


def test_session_that_auth_knows_is_taken(legacy: System) -> None:
    party = legacy.new_party()
    session = session_of(legacy, party)
    contract.granted(ask(legacy, party, session), legacy.target, party, party.host)
    assert legacy.small_supabase.auth_questions == [session]
    assert legacy.target.token_server_log is not None
    assert session not in legacy.target.token_server_log.read_text()


def test_keys_that_are_no_use_are_no_keys(legacy: System) -> None:
    party = legacy.new_party()
    symmetric = {"kty": "oct", "k": "c2VjcmV0" * 8, "kid": "shared", "alg": "HS256"}
    legacy.small_supabase.keys_instead = [JSONResponse({"keys": [symmetric, {"kty": "none"}]})]
    contract.granted(ask(legacy, party, session_of(legacy, party)), legacy.target, party, party.host)
    assert len(legacy.small_supabase.auth_questions) == 1


def test_flood_of_legacy_sessions_fetches_keys_once(legacy: System) -> None:
    party = legacy.new_party()
    for _ in range(10):
        contract.granted(ask(legacy, party, session_of(legacy, party)), legacy.target, party, party.host)
    assert legacy.small_supabase.key_fetches == 1


def test_each_request_asks_anew(legacy: System) -> None:
    party = legacy.new_party()
    session = session_of(legacy, party)
    contract.granted(ask(legacy, party, session), legacy.target, party, party.host)
    legacy.small_supabase.auth_secret = secrets.token_hex(32)  # as after a sign-out
    contract.refused(ask(legacy, party, session), 401, "Invalid auth")


@pytest.mark.parametrize("status", [401, 403])
def test_session_that_auth_refuses_is_refused(legacy: System, status: int) -> None:
    party = legacy.new_party()
    session = session_of(legacy, party)
    contract.granted(ask(legacy, party, session), legacy.target, party, party.host)
    legacy.small_supabase.instead = [JSONResponse({"error_code": "bad_jwt"}, status)]
    answer = ask(legacy, party, session)
    contract.refused(answer, 401, "Invalid auth")
    contract.readable_from(answer, PAGES)


def test_forged_session_is_refused(legacy: System) -> None:
    party = legacy.new_party()
    claims = jwt.decode(session_of(legacy, party), options={"verify_signature": False})
    contract.refused(ask(legacy, party, jwt.encode(claims, "x" * 32, "HS256")), 401, "Invalid auth")
    assert len(legacy.small_supabase.auth_questions) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Response(status_code=429),
        Response(status_code=500),
        Response(status_code=404),
        Response("no JSON"),
        JSONResponse([]),
        JSONResponse({}),
        JSONResponse({"id": 5}),
    ],
    ids=["429", "500", "404", "garbage", "list", "nobody", "number"],
)
def test_auth_that_cannot_tell_is_no_bad_session(legacy: System, answer: Response) -> None:
    party = legacy.new_party()
    session = session_of(legacy, party)
    contract.granted(ask(legacy, party, session), legacy.target, party, party.host)
    legacy.small_supabase.instead = [answer]
    refusal = ask(legacy, party, session)
    contract.refused(refusal, 503, "Supabase is unavailable")
    contract.readable_from(refusal, PAGES)


def test_broken_connection_to_auth_is_tried_once_more(legacy: System) -> None:
    party = legacy.new_party()
    session = session_of(legacy, party)
    contract.granted(ask(legacy, party, session), legacy.target, party, party.host)
    legacy.small_supabase.instead = [Broken()]
    contract.granted(ask(legacy, party, session), legacy.target, party, party.host)
    legacy.small_supabase.instead = [Broken(), Broken()]
    contract.refused(ask(legacy, party, session), 503, "Supabase is unavailable")


def test_auth_that_names_somebody_else_is_not_believed(legacy: System) -> None:
    party = legacy.new_party()
    session = session_of(legacy, party)
    contract.granted(ask(legacy, party, session), legacy.target, party, party.host)
    legacy.small_supabase.instead = [JSONResponse({"id": str(uuid4()), "email": "other@example.com"})]
    contract.refused(ask(legacy, party, session), 401, "Invalid auth")


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": 1},
        {"exp": None},
        {"nbf": 2**33},
        {"iat": 2**33},
        {"sub": "no uuid"},
        {"sub": 123},
        {"sub": None},
        {"aud": "anon"},
        {"iss": "https://other.example/auth/v1"},
    ],
    ids=str,
)
def test_claims_that_are_wrong_are_refused_without_asking(legacy: System, wrong: dict[str, object]) -> None:
    party = legacy.new_party()
    contract.refused(ask(legacy, party, session_of(legacy, party, **wrong)), 401, "Invalid auth")
    assert legacy.small_supabase.auth_questions == []


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30."])
def test_garbage_is_refused_without_asking(legacy: System, token: str) -> None:
    contract.refused(ask(legacy, legacy.new_party(), token), 401, "Invalid auth")
    assert legacy.small_supabase.auth_questions == []


def test_unsigned_session_is_refused_without_asking(legacy: System) -> None:
    party = legacy.new_party()
    claims = jwt.decode(session_of(legacy, party), options={"verify_signature": False})
    unsigned = jwt.encode(claims, None, "none")  # type: ignore[arg-type]
    contract.refused(ask(legacy, party, unsigned), 401, "Invalid auth")
    assert legacy.small_supabase.auth_questions == []


def test_project_that_publishes_a_key_is_asked_no_more(legacy: System) -> None:
    party = legacy.new_party()
    shared_secret = session_of(legacy, party)
    contract.granted(ask(legacy, party, shared_secret), legacy.target, party, party.host)
    legacy.small_supabase.auth_secret, legacy.small_supabase.signing_keys = None, [SigningKey()]
    contract.granted(ask(legacy, party, session_of(legacy, party)), legacy.target, party, party.host)
    assert len(legacy.small_supabase.auth_questions) == 1
    # A legacy session of before is nobody's now: the project says how it signs.
    contract.refused(ask(legacy, party, shared_secret), 401, "Invalid auth")
    assert len(legacy.small_supabase.auth_questions) == 1


def test_project_with_a_secret_is_never_asked(tmp_path: Path) -> None:
    with running(tmp_path / "log", jwt_secret=secrets.token_hex(32)) as system:
        system.small_supabase.auth_secret = secrets.token_hex(32)
        party = system.new_party()
        claims = jwt.decode(session_of(system, party), options={"verify_signature": False})
        for session in (session_of(system, party), SigningKey().sign(claims)):
            contract.refused(ask(system, party, session), 401, "Invalid auth")
        assert system.small_supabase.auth_questions == []


class CountingAuth:
    """Auth that answers when it is told to, and says how many asked at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.now = self.most = 0
        self.answers = asyncio.Event()

    async def user_of(self, session: str) -> dict[str, Any]:
        self.asked.append(session)
        self.now += 1
        self.most = max(self.most, self.now)
        await self.answers.wait()
        self.now -= 1
        raise Refusal(401, "Invalid auth", session)


async def settled() -> None:
    """Return once every task has come as far as it gets without Auth."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_flood_of_sessions_is_no_flood_of_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_check, "AT_ONCE", 3)
    monkeypatch.setattr(remote_check, "WAITING", 10)

    async def flood() -> None:
        auth = CountingAuth()
        check = RemoteCheck(cast(Supabase, auth))
        asking = [asyncio.create_task(check.user(str(number))) for number in range(50)]
        await settled()
        refused_at_once = [task for task in asking if task.done()]
        assert len(refused_at_once) == 40
        auth.answers.set()
        refusals = await asyncio.gather(*asking, return_exceptions=True)
        assert [refusal.status for refusal in refusals if isinstance(refusal, Refusal)].count(503) == 40
        assert (len(auth.asked), auth.most) == (10, 3)
        await settled()
        assert not check._asked

    in_loop_of_its_own(flood)


def test_one_session_at_once_is_one_question() -> None:
    async def many() -> None:
        auth = CountingAuth()
        check = RemoteCheck(cast(Supabase, auth))
        first, *others = [asyncio.create_task(check.user("the same")) for _ in range(50)]
        await settled()
        first.cancel()  # its client is gone; the others still want to know
        auth.answers.set()
        refusals = await asyncio.gather(*others, return_exceptions=True)
        assert {refusal.status for refusal in refusals if isinstance(refusal, Refusal)} == {401}
        assert auth.asked == ["the same"]

    in_loop_of_its_own(many)
