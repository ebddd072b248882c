"""Users: what upserts keep and change, who may make them, and how they are found."""

import json
import uuid
from typing import Any

import pytest

from tests.unit.local_stream.server import API_KEY, LocalStream, signed


def stored(local_stream: LocalStream, user_id: str) -> dict[str, Any]:
    payload = json.dumps({"filter_conditions": {"id": user_id}})
    (user,) = local_stream.as_server("GET", "/api/v2/users", payload=payload).json()["users"]
    return dict(user)


def upsert(local_stream: LocalStream, user_id: str, **given: object) -> None:
    answer = local_stream.as_server("POST", "/api/v2/users", {"users": {user_id: {"id": user_id, **given}}})
    assert answer.status_code == 201, answer.text


def test_absent_fields_stay(local_stream: LocalStream) -> None:
    user_id = f"user-{uuid.uuid4()}"
    upsert(local_stream, user_id, name="Host", role="user", custom={"a": 1})
    before = stored(local_stream, user_id)
    upsert(local_stream, user_id, name="Host again")
    after = stored(local_stream, user_id)
    assert (after["name"], after["role"], after["custom"]) == ("Host again", "user", {"a": 1})
    assert after["created_at"] == before["created_at"]
    assert after["updated_at"] > before["updated_at"]


def test_a_change_that_changes_nothing_leaves_the_time(local_stream: LocalStream) -> None:
    user_id = f"user-{uuid.uuid4()}"
    upsert(local_stream, user_id, name="Host")
    before = stored(local_stream, user_id)
    upsert(local_stream, user_id, name="Host")
    assert stored(local_stream, user_id) == before


def test_a_new_name_shows_in_calls(local_stream: LocalStream, host: str, call_id: str) -> None:
    upsert(local_stream, host, name="Host again")
    call = local_stream.as_user(host, "GET", f"/video/call/livestream/{call_id}").json()["call"]
    assert call["created_by"]["name"] == "Host again"


@pytest.mark.parametrize("name", ["Zoë 🎧", "שלום", "<b>'\"&", "x" * 300])
def test_names_come_back_as_they_were(local_stream: LocalStream, host: str, name: str) -> None:
    upsert(local_stream, host, name=name)
    assert stored(local_stream, host)["name"] == name


def test_half_a_character_is_replaced(local_stream: LocalStream, host: str) -> None:
    given = {"name": "half \ud83d", "custom": {"\ude00": ["🎧"]}}
    body = json.dumps({"users": {host: given}})
    parameters, headers = {"api_key": API_KEY}, signed({"server": True})
    answer = local_stream.http.post("/api/v2/users", content=body, params=parameters, headers=headers)
    assert answer.status_code == 201, answer.text
    user = stored(local_stream, host)
    assert (user["name"], user["custom"]) == (
        "half \N{REPLACEMENT CHARACTER}",
        {"\N{REPLACEMENT CHARACTER}": ["🎧"]},
    )


def test_a_user_may_change_itself_but_not_its_role_nor_others(
    local_stream: LocalStream, host: str, viewer: str
) -> None:
    def change(user_id: str, **given: object) -> int:
        body = {"users": {user_id: {"id": user_id, **given}}}
        return local_stream.as_user(viewer, "POST", "/video/users", body).status_code

    assert change(viewer, name="Viewer") == 201
    assert change(viewer, role="admin") == 403
    assert change(host, name="Viewer") == 403
    assert stored(local_stream, viewer)["role"] == "user"


@pytest.mark.parametrize(
    "users",
    [
        None,
        {},
        {"a": 5},
        {"a": {"id": "b"}},
        {"with space": {"id": "with space"}},
        {"a/b": {"id": "a/b"}},
        {"x" * 256: {"id": "x" * 256}},
        {"a": {"id": "a", "name": 5}},
        {"a": {"id": "a", "custom": []}},
    ],
)
def test_what_is_no_user(local_stream: LocalStream, users: object) -> None:
    answer = local_stream.as_server("POST", "/api/v2/users", {"users": users})
    assert (answer.status_code, answer.json()["code"]) == (400, 4)


def test_one_bad_user_spoils_the_request(local_stream: LocalStream) -> None:
    good = f"user-{uuid.uuid4()}"
    users = {good: {"id": good}, "bad": {"id": "bad", "name": 5}}
    assert local_stream.as_server("POST", "/api/v2/users", {"users": users}).status_code == 400
    payload = json.dumps({"filter_conditions": {"id": good}})
    assert local_stream.as_server("GET", "/api/v2/users", payload=payload).json()["users"] == []


def test_the_old_sdks_root_path_answers_with_iso_times(local_stream: LocalStream, host: str) -> None:
    answer = local_stream.as_server("POST", "/users", {"users": {host: {"id": host}}}).json()
    assert answer["users"][host]["created_at"].endswith("Z")
