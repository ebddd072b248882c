"""Supabase and Stream asked from outside, through small ones that are served for real."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.errors import ServerError
from harness.target import StreamApi, Supabase, stream_api
from tests.contract.served import served
from tests.unit.token_server.system import System, running


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("target") / "log") as running_system:
        yield running_system


def test_person_signs_in_and_is_who_the_session_says(system: System) -> None:
    person = system.new_person()
    session = system.supabase.sign_in(person)
    claims = jwt.decode(session.access_token, options={"verify_signature": False})
    assert session.user_id == person.id == claims["sub"]
    assert session.refresh_token


def test_people_never_share_an_address_or_a_password(system: System) -> None:
    one, other = system.new_person(), system.new_person()
    assert one.name == other.name
    assert len({one.id, other.id, one.email, other.email, one.password, other.password}) == 6


def test_party_is_read_renamed_and_deleted(system: System) -> None:
    party = system.new_party()
    row = system.supabase.party_row(party.id)
    assert (row["id"], row["host_id"], row["title"]) == (party.id, party.host.id, party.title)
    system.supabase.rename(party.host, "Another")
    profiles = system.small_supabase.tables["profiles"]
    assert [row["display_name"] for row in profiles if row["id"] == party.host_id] == ["Another"]
    system.supabase.delete(party)
    with pytest.raises(ServerError, match=party.id):
        system.supabase.party_row(party.id)


def test_deleted_person_cannot_sign_in(system: System) -> None:
    person = system.new_person()
    system.supabase.delete(person)
    with pytest.raises(ServerError, match=r"expected to sign a person in but answered POST .*400"):
        system.supabase.sign_in(person)


def test_wrong_key_is_told_without_showing_it(system: System) -> None:
    wrong = Supabase(replace(system.target, supabase_service_role_key="a wrong key"))
    with pytest.raises(ServerError, match=r"401 .*check the keys") as refused:
        wrong.create_user("Viewer")
    assert "a wrong key" not in str(refused.value)


def test_public_keys_are_those_that_sessions_are_signed_with(system: System) -> None:
    token = system.session(system.new_person())
    kid = jwt.get_unverified_header(token)["kid"]
    assert [key["kid"] for key in system.supabase.public_keys()] == [kid]


@pytest.mark.filterwarnings("ignore:.*value of non-optional type:RuntimeWarning")
def test_stream_tells_of_users_and_calls(system: System) -> None:
    party = system.new_party()
    assert system.stream_api.call("livestream", party.id) is None
    assert system.stream_api.user(party.host_id) is None
    assert system.stream_api.calls_created_by(party.host_id) == []
    system.endpoint.ask(system.session(party.host), {"callId": party.id})
    call, user = system.stream_api.call("livestream", party.id), system.stream_api.user(party.host_id)
    assert call is not None
    assert user is not None
    assert (call["cid"], user["id"]) == (f"livestream:{party.id}", party.host_id)
    assert system.stream_api.calls_created_by(party.host_id) == [call]


def calls_in_pages(asked: list[object], pages: int) -> Starlette:
    """A Stream that lists one call on each page, and of as many pages."""

    async def list_calls(request: Request) -> Response:
        number = int((await request.json()).get("next", 0))
        asked.append(await request.json())
        more = str(number + 1) if number + 1 < pages else None
        return JSONResponse({"calls": [{"call": {"cid": f"livestream:{number}"}}], "next": more}, 201)

    return Starlette(routes=[Route("/api/v2/video/calls", list_calls, methods=["POST"])])


def test_calls_are_listed_to_the_last_page(system: System) -> None:
    asked: list[object] = []
    with served(calls_in_pages(asked, 3)) as url:
        stream = StreamApi(replace(system.target, stream_base_url=url))
        found = stream.calls_created_by("me")
        stream.close()
    conditions = {"filter_conditions": {"created_by_user_id": "me"}}
    assert [call["cid"] for call in found] == ["livestream:0", "livestream:1", "livestream:2"]
    assert asked == [conditions, {**conditions, "next": "1"}, {**conditions, "next": "2"}]


def test_list_of_calls_without_an_end_is_told(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_api, "MOST_PAGES", 3)
    with served(calls_in_pages([], 4)) as url:
        stream = StreamApi(replace(system.target, stream_base_url=url))
        with pytest.raises(ServerError, match="in 3 pages or less, but has 3 and more"):
            stream.calls_created_by("me")
        stream.close()


def test_stream_that_refuses_our_secret_is_told(system: System) -> None:
    wrong = StreamApi(replace(system.target, stream_api_secret="x" * 64))
    with pytest.raises(ServerError, match=r"Stream was expected to show a call but answered GET .*401"):
        wrong.call("livestream", str(uuid4()))


def test_user_goes_through_the_browsers_door_with_their_own_token(system: System) -> None:
    async def door(request: Request) -> Response:
        came = {"authorization": request.headers["authorization"], **request.query_params}
        return JSONResponse({**came, "body": await request.json()}, 403)

    with served(Starlette(routes=[Route("/video/call/livestream/x/go_live", door, methods=["POST"])])) as url:
        stream = StreamApi(replace(system.target, stream_base_url=url))
        answer = stream.as_user("a user's token", "POST", "/call/livestream/x/go_live", json={})
        stream.close()
    api_key = system.target.needed("stream_api_key")
    expected = {"authorization": "a user's token", "api_key": api_key, "body": {}}
    assert (answer.status_code, answer.json()) == (403, expected)


def test_importing_the_target_does_not_import_the_slow_sdk() -> None:
    program = "import sys, harness.target; sys.exit('getstream' in sys.modules)"
    root = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", program], cwd=root).returncode == 0
