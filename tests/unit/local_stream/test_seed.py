"""A world in one request: made by the API's own operations, or refused in the vendor's words."""

from __future__ import annotations

import uuid

import httpx
import pytest
from getstream import Stream

from tests.unit.local_stream.server import API_KEY, API_SECRET, LocalStream, running


def seed(local_stream: LocalStream, **world: object) -> httpx.Response:
    return local_stream.http.post("/_control/seed", json=world)


def test_users_call_types_and_calls(local_stream: LocalStream) -> None:
    host, guest, name = f"host-{uuid.uuid4()}", f"guest-{uuid.uuid4()}", f"party-{uuid.uuid4().hex[:8]}"
    data = {"created_by_id": host, "members": [{"user_id": guest, "role": "host"}], "custom": {"a": 1}}
    answer = seed(
        local_stream,
        users=[{"id": host, "name": "Host", "role": "admin"}, {"id": guest}],
        call_types=[{"name": name}],
        calls=[
            {"type": name, "id": "quiet", "data": data},
            {"type": name, "id": "live", "data": data, "live": True},
        ],
    )
    assert answer.status_code == 201
    assert answer.json() == {
        "users": [host, guest],
        "call_types": [name],
        "calls": [f"{name}:quiet", f"{name}:live"],
    }
    call = local_stream.server.video.call(name, "live").get().data
    assert (call.call.created_by.name, call.call.created_by.role) == ("Host", "admin")
    assert (call.call.custom, call.call.backstage) == ({"a": 1}, False)
    assert [(member.user_id, member.role) for member in call.members] == [(guest, "host")]
    events = [each["operation"] for each in local_stream.journal(call_cid=f"{name}:live")]
    assert "call.created" in events


def test_a_seed_makes_the_same_ids_again() -> None:
    with running() as base_url, httpx.Client(base_url=base_url) as http:
        local_stream = LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)

        def session_of(number: int) -> str:
            http.post("/_control/reset").raise_for_status()
            call = {"type": "livestream", "id": "x", "data": {"created_by_id": "host"}}
            assert seed(local_stream, seed=number, calls=[call]).status_code == 201
            path = "/api/v2/video/call/livestream/x/join"
            answer = local_stream.as_server("POST", path, {"location": "LCL"}, user_id="host")
            return str(answer.json()["call"]["current_session_id"])

        first = session_of(7)
        assert session_of(8) != first
        assert session_of(7) == first


@pytest.mark.parametrize(
    ("world", "sentence"),
    [
        (
            {"cals": []},
            "the body: cals is no field of a seed: expected some of seed, users, call_types, calls",
        ),
        ({"users": [{}]}, "users[0]: id is a required field"),
        ({"users": [{"id": "a b"}]}, "users[0]: user id 'a b' is not valid"),
        ({"calls": [{"type": "livestream"}]}, "calls[0]: id is a required field"),
        ({"calls": [{"type": "nothing", "id": "x", "data": {"created_by_id": "h"}}]}, "calls[0]: "),
        ({"calls": "all"}, "calls must be a list, got a string"),
        ({"seed": "lucky"}, "seed must be a number, got a string"),
    ],
)
def test_what_the_api_refuses_is_refused_with_its_place(
    local_stream: LocalStream, world: dict[str, object], sentence: str
) -> None:
    answer = seed(local_stream, **world)
    assert answer.status_code in (400, 404)
    assert sentence in answer.json()["error"]
