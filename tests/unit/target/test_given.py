"""One user and one party that are there already: what is not as it was told stops the run in a sentence."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.errors import ServerError
from harness.target import Given, Party, Supabase, Target
from tests.contract.served import served
from tests.unit.token_server.system import System, running

pytestmark = pytest.mark.filterwarnings("ignore:.*value of non-optional type:RuntimeWarning")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("given") / "log") as running_system:
        yield running_system


@pytest.fixture
def party(system: System) -> Party:
    return system.new_party()


def told(system: System, party: Party, **changes: str | None) -> Target:
    """The target as the host of the party would tell it, but for these changes."""
    given = replace(
        system.target,
        supabase_service_role_key=None,
        email=party.host.email,
        password=party.host.password,
        party_id=party.id,
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def test_given_party_is_the_users_own(system: System, party: Party) -> None:
    given = Given(told(system, party))
    assert (given.party.id, given.party.host_id) == (party.id, party.host_id)


def test_party_that_is_not_there_is_told(system: System, party: Party) -> None:
    nowhere = str(uuid4())
    for changes in ({}, {"supabase_anon_key": None, "session_command": f"echo {system.session(party.host)}"}):
        with pytest.raises(ServerError, match=f"{nowhere} is shown to that user by neither .*: name another"):
            _ = Given(told(system, party, party_id=nowhere, **changes)).party
    assert system.stream_api.call("livestream", nowhere) is None


def test_party_of_somebody_else_is_told(system: System, party: Party) -> None:
    theirs = system.new_party()
    with pytest.raises(ServerError, match=f"is hosted by {theirs.host_id}: name one of {party.host_id}"):
        _ = Given(told(system, party, party_id=theirs.id)).party


def test_party_in_another_spelling_is_told(
    system: System, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As PostgreSQL does it, which finds a UUID in whatever spelling."""
    found = {"id": party.id, "host_id": party.host_id}
    monkeypatch.setattr(Supabase, "party_shown_to", lambda *_: found)
    with pytest.raises(ServerError, match=f"is spelled {party.id} in Supabase: name it so"):
        _ = Given(told(system, party, party_id=party.id.upper())).party


def test_party_that_only_the_endpoint_knows_is_taken(
    system: System, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.small_supabase, "parties_shown", False)
    assert Given(told(system, party)).party.id == party.id


def test_endpoint_that_knows_no_parties_is_judged_by_the_checks(system: System, party: Party) -> None:
    """It may take any id for a call: then there is nothing that could be missing."""

    async def takes_any(_: Request) -> Response:
        return JSONResponse({"ok": True})

    anything = str(uuid4())
    with served(Starlette(routes=[Route("/", takes_any, methods=["POST"])])) as url:
        given = Given(told(system, party, token_url=url, party_id=anything))
        assert given.party.id == anything


def test_endpoint_that_denies_a_party_which_is_there_is_judged_by_the_checks(
    system: System, party: Party
) -> None:
    async def denies(_: Request) -> Response:
        return JSONResponse({"ok": False, "error": "Party not found"}, 404)

    with served(Starlette(routes=[Route("/", denies, methods=["POST"])])) as url:
        assert Given(told(system, party, token_url=url)).party.id == party.id


def test_session_that_has_expired_is_told(system: System, party: Party) -> None:
    user = next(user for user in system.small_supabase.users if user["id"] == party.host_id)
    expired = system.small_supabase.session(user, exp=int(time.time()) - 1)
    with pytest.raises(ServerError, match="printed one that has expired: let it sign in anew"):
        _ = Given(told(system, party, session_command=f"echo {expired}")).session


def test_what_the_command_says_is_not_told_for_it_may_hold_a_password(system: System, party: Party) -> None:
    with pytest.raises(ServerError, match="exit code 3") as raised:
        _ = Given(told(system, party, session_command="sh -c 'echo my-password >&2; exit 3'")).session
    assert "my-password" not in str(raised.value)
