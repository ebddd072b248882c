"""Supabase as it fails: always a 503 in the one shape, never taken for a bad session."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response

from harness.target import Answer, Party, contract
from tests.contract.served import Broken
from tests.unit.token_server.system import PAGES, System, running


@pytest.fixture
def party(shared: System) -> Party:
    return shared.new_party()


def ask(system: System, party: Party) -> Answer:
    """The host asks as its page does."""
    return asked_with(system, party, system.session(party.host))


def asked_with(system: System, party: Party, session: str) -> Answer:
    return system.endpoint.ask(session, {"callId": party.id}, origin=PAGES)


def test_failing_supabase_is_not_taken_for_a_bad_session(
    shared: System, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = shared.session(party.host)
    monkeypatch.setattr(shared.small_supabase, "down", True)
    answer = asked_with(shared, party, session)
    contract.refused(answer, 503, "Supabase is unavailable")
    contract.readable_from(answer, PAGES)


def test_supabase_without_its_keys_is_not_taken_for_a_bad_session(tmp_path: Path) -> None:
    with running(tmp_path / "log") as system:
        party = system.new_party()
        session = system.session(party.host)
        system.small_supabase.down = True
        contract.refused(asked_with(system, party, session), 503, "Supabase is unavailable")
        system.small_supabase.down = False
        contract.granted(ask(system, party), system.target, party, party.host)


@pytest.mark.parametrize(
    "answer",
    [
        Response("<html>"),
        JSONResponse({}),
        JSONResponse([5]),
        JSONResponse([{"id": "other"}]),
        Response("[" * 9999),
    ],
    ids=["HTML", "object", "number", "another row", "nesting"],
)
def test_garbage_for_the_party_is_a_503(shared: System, party: Party, answer: Response) -> None:
    session = shared.session(party.host)
    before = len(shared.small_stream.requests)
    shared.small_supabase.instead = [answer, answer]  # the profile is asked for at the same time
    contract.refused(asked_with(shared, party, session), 503, "Supabase is unavailable")
    assert len(shared.small_stream.requests) == before


@pytest.mark.parametrize("keys", [[], {"keys": {}}, {"keys": [5]}, {}], ids=str)
def test_garbage_for_the_keys_is_a_503(tmp_path: Path, keys: object) -> None:
    with running(tmp_path / "log") as system:
        party = system.new_party()
        session = system.session(party.host)
        system.small_supabase.keys_instead = [JSONResponse(keys)]
        contract.refused(asked_with(system, party, session), 503, "Supabase is unavailable")


def test_key_that_cannot_be_read_does_not_spoil_the_others(tmp_path: Path) -> None:
    with running(tmp_path / "log") as system:
        party, key = system.new_party(), system.small_supabase.signing_keys[0]
        broken = [{"kty": "EC", "crv": "P-256", "kid": "x", "x": "!", "y": 5}, {"kid": "y"}, {"kty": ["EC"]}]
        system.small_supabase.keys_instead = [JSONResponse({"keys": [*broken, key.public]})]
        contract.granted(ask(system, party), system.target, party, party.host)


def test_connections_that_break_are_tried_once_more_each(shared: System, party: Party) -> None:
    session = shared.session(party.host)
    shared.small_supabase.instead = [Broken(), Broken()]
    contract.granted(asked_with(shared, party, session), shared.target, party, party.host)
    assert not shared.small_supabase.instead
    shared.small_supabase.instead = [Broken()] * 4
    contract.refused(asked_with(shared, party, session), 503, "Supabase is unavailable")
    assert not shared.small_supabase.instead


def test_status_of_failure_is_not_tried_again(shared: System, party: Party) -> None:
    session = shared.session(party.host)
    shared.small_supabase.instead = [Response(status_code=503), Response(status_code=503)]
    contract.refused(asked_with(shared, party, session), 503, "Supabase is unavailable")
    contract.granted(asked_with(shared, party, session), shared.target, party, party.host)
