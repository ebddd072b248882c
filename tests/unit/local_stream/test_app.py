"""The application around the doors: health, hint, CORS, and a loud no to what is not imitated."""

import json

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.unit.local_stream.server import API_KEY, LocalStream, signed

PAGE = {"Origin": "http://page.example"}


def test_health(local_stream: LocalStream) -> None:
    assert local_stream.http.get("/healthz").json() == {"ok": True}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_location_hint_can_be_read_by_pages(local_stream: LocalStream, method: str) -> None:
    answer = local_stream.http.request(method, "/hint", headers=PAGE)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "x-amz-cf-pop" in answer.headers["access-control-expose-headers"]
    assert len(answer.headers["x-amz-cf-pop"]) >= 3
    assert local_stream.journal(operation="LocationHint")[-1]["method"] == method


def test_preflight(local_stream: LocalStream) -> None:
    asked = "authorization,content-type,stream-auth-type,x-client-request-id,x-stream-client"
    headers = {**PAGE, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": asked}
    answer = local_stream.http.options("/video/call/livestream/x", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in asked.split(","))


@pytest.mark.parametrize("path", ["/video/call/livestream/x", "/video/nothing", "/sfu/nothing"])
def test_pages_can_read_errors(local_stream: LocalStream, path: str) -> None:
    answer = local_stream.http.get(path, headers=PAGE)
    assert answer.is_error
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["StatusCode"] == answer.status_code


@pytest.mark.parametrize(
    ("method", "path", "door"),
    [
        ("POST", "/video/call/livestream/x/sing", "client"),
        ("DELETE", "/video/call/livestream/x", "client"),
        ("POST", "/api/v2/video/call/livestream/x/start_broadcasting", "server"),
        ("GET", "/", "client"),
        ("GET", "/sfu/nothing", "sfu_rpc"),
    ],
)
def test_what_is_not_imitated_is_a_loud_501(
    local_stream: LocalStream, method: str, path: str, door: str
) -> None:
    seen = [entry["seq"] for entry in local_stream.journal()]
    answer = local_stream.as_server(method, path)
    assert (answer.status_code, answer.json()["StatusCode"]) == (501, 501)
    assert f"{method} {path} is not imitated" in answer.json()["message"]
    (entry,) = local_stream.journal(operation="Unknown", after_seq=max(seen, default=0))
    assert (entry["door"], entry["method"], entry["path"]) == (door, method, path)


def test_an_unknown_websocket_is_refused(local_stream: LocalStream) -> None:
    with (
        pytest.raises(InvalidStatus),
        connect(local_stream.base_url.replace("http", "ws", 1) + "/video/elsewhere"),
    ):
        pass
    assert local_stream.journal(operation="Unknown")[-1]["path"] == "/video/elsewhere"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{not json", 400, 4),
        (b"[1]", 400, 4),
        (b'"text"', 400, 4),
        (b'{"data": 5}', 400, 4),
        (b'{"data": {"custom": NaN}}', 400, 4),
        (b'{"data": {"starts_at": "soon"}}', 400, 4),
        (b'{"data": {"members": [5]}}', 400, 4),
        (b"[" * 200_000, 400, 4),
        (b"\xff\xfe", 400, 4),
        (json.dumps({"data": {"custom": {"x": "y" * 1_100_000}}}).encode(), 413, 22),
    ],
)
def test_bad_bodies(local_stream: LocalStream, host: str, body: bytes, status: int, code: int) -> None:
    headers = signed({"user_id": host})
    answer = local_stream.http.post(
        "/video/call/livestream/bad", content=body, headers=headers, params={"api_key": API_KEY}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_telemetry_needs_no_token(local_stream: LocalStream) -> None:
    events = {"events": [{"stage": "CoordinatorWS", "event_type": "initiated"}]}
    assert local_stream.ask("POST", "/video/call_client_event", events).status_code == 201
    (entry,) = local_stream.journal(operation="ReportClientCallEvent")[-1:]
    assert entry["detail"] == {"events": ["CoordinatorWS initiated"]}
