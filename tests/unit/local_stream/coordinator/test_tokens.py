"""Tokens are refused with the vendor's codes, on both doors and on the WebSocket."""

import json
import time
import uuid
from typing import Any

import jwt
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.unit.local_stream.browser_door import introduction, opened
from tests.unit.local_stream.server import API_KEY, API_SECRET, PATIENCE, LocalStream, token

NOW = int(time.time())
HOUR = 3600
OTHER_SECRET = "another secret, just as long as the first one"

REFUSED = [
    pytest.param(token({"user_id": "X"}, OTHER_SECRET), 43, id="wrong secret"),
    pytest.param(token({"user_id": "X"})[:-4] + "AAAA", 43, id="tampered signature"),
    pytest.param(jwt.encode({"user_id": "X"}, "", algorithm="none"), 43, id="alg none"),
    pytest.param(jwt.encode({"user_id": "X"}, API_SECRET * 2, algorithm="HS512"), 43, id="another algorithm"),
    pytest.param(token({"user_id": "X", "exp": NOW - HOUR}), 40, id="expired"),
    pytest.param(token({"user_id": "X", "nbf": NOW + HOUR}), 41, id="not yet valid"),
    pytest.param(token({"user_id": "X", "iat": NOW + HOUR}), 42, id="used before issued"),
    pytest.param(token({"user_id": "X", "exp": "soon"}), 5, id="expiry is text"),
    pytest.param(token({"user_id": "X", "exp": True}), 5, id="expiry is a boolean"),
    pytest.param(token({"user_id": "X", "exp": float("nan")}), 5, id="expiry is not a number"),
    pytest.param(token({"user_id": "X", "nbf": -float("inf")}), 5, id="valid since ever"),
    pytest.param(token({"user_id": "X", "exp": -(10**400)}), 40, id="expired before there was time"),
    pytest.param(token({"user_id": "X", "exp": 0}), 40, id="expired in 1970"),
    pytest.param(token({"user_id": "X", "nbf": 10**400}), 41, id="valid after the end of time"),
    pytest.param(token({"user_id": "X", "iat": 1e300}), 42, id="issued after the end of time"),
    pytest.param(token({"user_id": "X", "call_cids": "livestream:x"}), 5, id="call_cids is text"),
    pytest.param(token({"user_id": "X", "call_cids": [5]}), 5, id="call_cids of numbers"),
    pytest.param(token({"user_id": "X", "role": ["admin"]}), 5, id="role is a list"),
    pytest.param(token({"user_id": 5}), 5, id="user_id is a number"),
    pytest.param(token({"user_id": ""}), 5, id="user_id is empty"),
    pytest.param(token({"user_id": None}), 5, id="user_id is null"),
    pytest.param(token({"server": False}), 5, id="of nobody"),
    pytest.param("not a token", 5, id="no JWT"),
    pytest.param("", 5, id="empty"),
    pytest.param(None, 5, id="missing"),
]
DOORS = ["/video/call/livestream/x", "/api/v2/video/call/livestream/x"]


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(("bad", "code"), REFUSED)
def test_rest(local_stream: LocalStream, path: str, bad: str | None, code: int) -> None:
    answer = local_stream.ask("GET", path, authorization=bad)
    assert (answer.status_code, answer.json()["code"]) == (401, code)


@pytest.mark.parametrize(("bad", "code"), REFUSED)
def test_websocket(local_stream: LocalStream, bad: str | None, code: int) -> None:
    with opened(local_stream) as socket:
        socket.send(json.dumps({"token": bad, "user_details": {"id": "X"}}))
        error = _refusal(socket)
    assert (error["StatusCode"], error["code"]) == (401, code)


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("api_key", ["another-key", ""])
def test_unknown_key(local_stream: LocalStream, path: str, api_key: str) -> None:
    answer = local_stream.ask("GET", path, authorization=token({"user_id": "X"}), api_key=api_key)
    assert (answer.status_code, answer.json()["code"]) == (401, 2)


def test_unknown_key_on_the_websocket(local_stream: LocalStream) -> None:
    with opened(local_stream, api_key="another-key") as socket:
        assert _refusal(socket)["code"] == 2


def test_a_token_of_another_user_on_the_websocket(local_stream: LocalStream) -> None:
    with opened(local_stream) as socket:
        socket.send(introduction("somebody-else", token({"user_id": "X"})))
        assert _refusal(socket)["code"] == 5


@pytest.mark.parametrize("said", ["", "not JSON", "[1, 2]", '{"token": 5}', "[" * 100_000])
def test_a_first_message_that_says_nothing(local_stream: LocalStream, said: str) -> None:
    with opened(local_stream) as socket:
        socket.send(said)
        assert _refusal(socket)["code"] in (4, 5)


def test_a_server_token_does_not_connect(local_stream: LocalStream) -> None:
    with opened(local_stream) as socket:
        socket.send(json.dumps({"token": token({"server": True}), "user_details": {"id": "X"}}))
        assert _refusal(socket)["code"] == 5


@pytest.mark.parametrize("exp", [time.time() + HOUR + 0.5, 2**70, 10**400, 1e300])
def test_times_of_any_size_are_good(local_stream: LocalStream, exp: float) -> None:
    user_id = f"user-{uuid.uuid4()}"
    with opened(local_stream) as socket:
        socket.send(introduction(user_id, token({"user_id": user_id, "exp": exp, "iat": -1})))
        assert json.loads(socket.recv(timeout=PATIENCE))["type"] == "connection.ok"


@pytest.mark.parametrize("claims", [{}, {"server": True}], ids=["Python SDK", "Node SDK"])
def test_both_kinds_of_server_token_are_good(local_stream: LocalStream, claims: dict[str, Any]) -> None:
    assert local_stream.ask("GET", "/api/v2/app", authorization=token(claims)).status_code == 200


def test_a_participants_token_is_no_server_token(local_stream: LocalStream, host: str, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}/join"
    credentials = local_stream.as_user(host, "POST", path, {"location": "LCL"}).json()["credentials"]
    answer = local_stream.ask("GET", "/api/v2/app", authorization=credentials["token"])
    assert (answer.status_code, answer.json()["code"]) == (401, 43)


def test_a_bearer_prefix_is_taken_off(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    authorization = f"Bearer {token({'user_id': viewer})}"
    answer = local_stream.ask("GET", f"/video/call/livestream/{call_id}", authorization=authorization)
    assert answer.status_code == 200


def test_a_token_for_a_user_that_nobody_made(local_stream: LocalStream, call_id: str) -> None:
    answer = local_stream.as_user(
        "ghost", "POST", f"/video/call/livestream/{call_id}/join", {"location": "LCL"}
    )
    assert answer.status_code == 404
    assert answer.json()["message"] == 'JoinCall failed with error: "the user ghost does not exist"'
    assert answer.json()["code"] == 16


def test_who_is_connected_is_told_when_the_token_expires(local_stream: LocalStream) -> None:
    """By the local clock. After code 1000 the JS client would stay away; after another it comes back."""
    user_id = f"user-{uuid.uuid4()}"
    with opened(local_stream) as socket:
        socket.send(introduction(user_id, token({"user_id": user_id, "exp": time.time() + HOUR})))
        hello = json.loads(socket.recv(timeout=PATIENCE))
        assert hello["type"] == "connection.ok"
        try:
            local_stream.http.post("/_control/clock", json={"offset_seconds": 2 * HOUR})
            event = json.loads(socket.recv(timeout=PATIENCE))
        finally:
            local_stream.http.post("/_control/clock", json={"offset_seconds": 0})
        assert (event["type"], event["connection_id"]) == ("connection.error", hello["connection_id"])
        assert (event["error"]["code"], event["error"]["StatusCode"]) == (40, 401)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("kind", [None, "", "bearer"])
def test_how_one_authenticates_must_be_said(local_stream: LocalStream, path: str, kind: str | None) -> None:
    headers = {"Authorization": token({"server": True})} | (
        {} if kind is None else {"stream-auth-type": kind}
    )
    answer = local_stream.http.get(path, params={"api_key": API_KEY}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, 5)
    assert "stream-auth-type missing or invalid" in answer.json()["message"]


def test_an_anonymous_token_is_checked_too(local_stream: LocalStream) -> None:
    headers = {"stream-auth-type": "anonymous", "Authorization": token({"user_id": "!anon"}, OTHER_SECRET)}
    answer = local_stream.http.get(DOORS[0], params={"api_key": API_KEY}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, 43)


def _refusal(socket: ClientConnection) -> dict[str, Any]:
    event = json.loads(socket.recv(timeout=PATIENCE))
    assert event["type"] == "connection.error"
    assert set(event) == {"type", "connection_id", "created_at", "error"}
    return dict(event["error"])
