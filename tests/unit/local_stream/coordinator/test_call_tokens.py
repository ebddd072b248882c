"""Call tokens, as the vendor's SDK makes them: one role more in the calls they name, no less elsewhere."""

import uuid

import pytest

from tests.unit.local_stream.browser_door import introduction, opened
from tests.unit.local_stream.server import API_KEY, PATIENCE, LocalStream, token

HERE = {"location": "LCL"}


@pytest.fixture
def call_token(local_stream: LocalStream, viewer: str, call_id: str) -> str:
    """Makes the viewer a host of the call."""
    cids = [f"livestream:{call_id}", "livestream:another"]
    return str(local_stream.server.create_call_token(viewer, call_cids=cids, role="host"))


def join(local_stream: LocalStream, call_id: str, authorization: str) -> tuple[int, list[str]]:
    """Status, and what the caller may then do."""
    answer = local_stream.ask("POST", f"/video/call/livestream/{call_id}/join", HERE, authorization)
    return answer.status_code, answer.json().get("own_capabilities", [])


def test_its_role_holds_in_its_calls(local_stream: LocalStream, call_id: str, call_token: str) -> None:
    status, capabilities = join(local_stream, call_id, call_token)
    assert status == 201
    assert {"join-backstage", "send-video", "update-call"} <= set(capabilities)
    live = local_stream.ask("POST", f"/video/call/livestream/{call_id}/go_live", {}, call_token)
    assert live.status_code == 201


def test_its_role_holds_nowhere_else(local_stream: LocalStream, host: str, call_token: str) -> None:
    other = local_stream.new_call(host)
    assert join(local_stream, other, call_token)[0] == 403
    local_stream.as_server("POST", f"/api/v2/video/call/livestream/{other}/go_live", {})
    status, capabilities = join(local_stream, other, call_token)
    assert status == 201
    assert "send-video" not in capabilities


def test_its_role_is_not_the_users(
    local_stream: LocalStream, viewer: str, call_id: str, call_token: str
) -> None:
    assert join(local_stream, call_id, call_token)[0] == 201
    assert join(local_stream, call_id, token({"user_id": viewer}))[0] == 403


def test_without_a_role_it_makes_nobody_a_host(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    plain = local_stream.server.create_call_token(viewer, call_cids=[f"livestream:{call_id}"])
    assert join(local_stream, call_id, plain)[0] == 403


def test_it_connects(local_stream: LocalStream) -> None:
    user_id = f"user-{uuid.uuid4()}"
    with opened(local_stream) as socket:
        socket.send(introduction(user_id, local_stream.server.create_call_token(user_id, ["livestream:x"])))
        assert '"connection.ok"' in str(socket.recv(timeout=PATIENCE))


def test_anonymous_people_may_have_one(local_stream: LocalStream, call_id: str) -> None:
    cids = [f"livestream:{call_id}"]
    authorization = local_stream.server.create_call_token("!anon", call_cids=cids, role="host")
    path, parameters = f"/video/call/livestream/{call_id}/join", {"api_key": API_KEY}
    headers = {"stream-auth-type": "anonymous"}
    alone = local_stream.http.post(path, params=parameters, json=HERE, headers=headers)
    headers["Authorization"] = authorization
    let_in = local_stream.http.post(path, params=parameters, json=HERE, headers=headers)
    assert (alone.status_code, let_in.status_code) == (403, 201)
