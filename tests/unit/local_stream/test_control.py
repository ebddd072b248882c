"""The control API: the journal of a real run, a call's inside, reset, and that it can be off."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from getstream import Stream
from websockets.exceptions import ConnectionClosed

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.server import API_KEY, API_SECRET, PATIENCE, LocalStream, running, signed, token


def test_the_journal_tells_the_story_of_a_call(local_stream: LocalStream, host: str, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}"
    local_stream.as_user(host, "POST", f"{path}/join", {"location": "LCL"})
    local_stream.as_user(host, "POST", f"{path}/go_live", {})
    entries = local_stream.journal(call_cid=f"livestream:{call_id}")
    assert [(entry["door"], entry["operation"], entry["status"]) for entry in entries] == [
        ("event", "call.created", None),
        ("server", "GetOrCreateCall", 201),
        ("client", "JoinCall", 201),
        ("event", "call.live_started", None),
        ("client", "GoLive", 201),
    ]
    assert [entry["user_id"] for entry in entries] == [host, None, host, host, host]
    later = local_stream.journal(call_cid=f"livestream:{call_id}", after_seq=entries[2]["seq"])
    assert [entry["operation"] for entry in later] == ["call.live_started", "GoLive"]
    assert [entry["seq"] for entry in local_stream.journal(user_id=host, operation="GoLive")] == [
        entries[-1]["seq"]
    ]


def test_refusals_are_journalled_with_their_reason(
    local_stream: LocalStream, viewer: str, call_id: str
) -> None:
    local_stream.as_user(viewer, "POST", f"/video/call/livestream/{call_id}/go_live", {})
    (entry,) = local_stream.journal(user_id=viewer, operation="GoLive")
    assert (entry["status"], entry["detail"]["code"]) == (403, 17)


def test_no_token_is_in_the_journal(local_stream: LocalStream, host: str, call_id: str) -> None:
    with connected(local_stream, host):
        path = f"/video/call/livestream/{call_id}/join"
        credentials = local_stream.as_user(host, "POST", path, {"location": "LCL"}).json()["credentials"]
        local_stream.ask("GET", path, authorization="eyJ-a-bad-token")
    everything = local_stream.http.get("/_control/journal").text
    for secret in (credentials["token"], token({"user_id": host}), "eyJ"):
        assert secret not in everything


def test_a_calls_inside(local_stream: LocalStream, host: str, viewer: str) -> None:
    call_id = local_stream.new_call(host, members=[{"user_id": viewer}])
    seen = local_stream.http.get(f"/_control/calls/livestream/{call_id}").json()
    assert seen["call"]["cid"] == f"livestream:{call_id}"
    assert [member["user_id"] for member in seen["members"]] == [viewer]
    assert seen["participants"] == []
    assert local_stream.http.get("/_control/calls/livestream/nowhere").status_code == 404


def test_health_counts_what_is_held(local_stream: LocalStream) -> None:
    def counted() -> Counter[str]:
        return Counter(local_stream.http.get("/_control/health").json())

    before = counted()
    local_stream.new_call(local_stream.new_user())
    more = counted() - before
    assert (more["calls"], more["users"]) == (1, 1)
    assert more["journal"] == len(local_stream.journal()) - before["journal"]
    assert before["rss_bytes"] > 0
    assert before["files"] > 0


def test_reset_forgets_everything() -> None:
    with running() as base_url, httpx.Client(base_url=base_url, params={"api_key": API_KEY}) as http:
        http.headers.update(signed({"server": True}))
        http.post(
            "/api/v2/video/call/livestream/x", json={"data": {"created_by_id": "host"}}
        ).raise_for_status()
        assert http.get("/api/v2/video/call/livestream/x").status_code == 200
        http.post("/_control/reset").raise_for_status()
        assert httpx.get(f"{base_url}/_control/journal").json() == {"entries": []}
        assert http.get("/api/v2/video/call/livestream/x").status_code == 404
        assert http.get("/api/v2/users", params={"payload": "{}"}).json()["users"] == []


def test_who_was_connected_before_a_reset_is_not_in_the_journal_after_it() -> None:
    with (
        running() as base_url,
        httpx.Client(base_url=base_url, timeout=PATIENCE) as http,
        ExitStack() as stack,
    ):
        local_stream = LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)
        people = [stack.enter_context(connected(local_stream, f"user-{number}")) for number in range(20)]
        http.post("/_control/reset").raise_for_status()
        for person in people:
            with pytest.raises(ConnectionClosed):
                person.socket.recv(timeout=PATIENCE)
        assert http.get("/_control/journal").json() == {"entries": []}


def test_reset_takes_back_faults_and_clock() -> None:
    with running() as base_url, httpx.Client(base_url=base_url) as http:
        http.post("/_control/clock", json={"offset_seconds": 60}).raise_for_status()
        http.post("/_control/faults", json={"door": "rest", "status": 500}).raise_for_status()
        http.post("/_control/reset").raise_for_status()
        assert http.get("/_control/clock").json()["offset_seconds"] == 0
        assert http.get("/_control/faults").json() == {"faults": []}


@pytest.fixture
def clock(local_stream: LocalStream) -> Iterator[Callable[[object], httpx.Response]]:
    """Moves the local Stream's clock, for this test."""

    def move(offset: object) -> httpx.Response:
        return local_stream.http.post("/_control/clock", json={"offset_seconds": offset})

    yield move
    move(0).raise_for_status()


def test_the_clock_moves_times_and_token_checks(
    local_stream: LocalStream, clock: Callable[[object], httpx.Response], host: str
) -> None:
    def asked(claims: dict[str, object]) -> int:
        signed = token({"user_id": host, **claims})
        return int(local_stream.ask("GET", "/video/call/livestream/x", authorization=signed).json()["code"])

    in_an_hour = int(time.time()) + 3600
    assert (asked({"exp": in_an_hour}), asked({"nbf": in_an_hour})) == (16, 41)
    assert clock(2 * 3600).json()["offset_seconds"] == 2 * 3600
    assert (asked({"exp": in_an_hour}), asked({"nbf": in_an_hour})) == (40, 16)
    call = local_stream.server.video.call("livestream", local_stream.new_call(host)).get().data.call
    ahead = call.created_at - datetime.now(UTC)
    assert timedelta(minutes=119) < ahead < timedelta(minutes=121)
    assert clock(-2 * 3600).status_code == 200
    assert asked({"iat": int(time.time())}) == 42


@pytest.mark.parametrize("offset", ["soon", None, True, 1e12])
def test_a_clock_that_cannot_be_is_refused(clock: Callable[[object], httpx.Response], offset: object) -> None:
    answer = clock(offset)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("offset_seconds must be a number of at most")


def test_it_is_not_there_unless_asked_for() -> None:
    with running(control=False) as base_url:
        for method, path in (("POST", "/_control/reset"), ("GET", "/_control/journal")):
            assert httpx.request(method, base_url + path).status_code == 501


@pytest.mark.parametrize("origin", ["http://page.example", "null", ""])
def test_pages_may_neither_use_nor_read_it(local_stream: LocalStream, host: str, origin: str) -> None:
    call = f"/calls/livestream/{local_stream.new_call(host)}"
    asked = [
        *(("POST", "/reset"), ("GET", "/journal"), ("GET", call), ("POST", "/clock"), ("GET", "/clock")),
        *(("POST", "/faults"), ("GET", "/faults"), ("DELETE", "/faults"), ("DELETE", "/faults/1")),
        *(("POST", "/seed"), ("GET", "/webhooks"), ("POST", "/webhooks/1/redeliver")),
    ]
    for method, path in asked:
        answer = local_stream.http.request(method, f"/_control{path}", headers={"Origin": origin})
        assert (answer.status_code, list(answer.json())) == (403, ["error"])
        assert "access-control-allow-origin" not in answer.headers
    assert local_stream.http.get(f"/_control{call}").status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:3031", 200),
        ("localhost:3031", 200),
        ("LOCALHOST", 200),
        ("[::1]:3031", 200),
        ("app.example", 403),
        ("127.0.0.1.app.example:3031", 403),
        ("localhost.app.example", 403),
        ("127.0.0.1@app.example", 403),
        ("10.0.0.1", 403),
        ("[::1", 403),
    ],
)
def test_only_requests_that_name_this_machine_are_answered(
    local_stream: LocalStream, host: str, status: int
) -> None:
    """The name of a website may lead here; its pages would read answers as their own."""
    assert local_stream.http.get("/_control/journal", headers={"host": host}).status_code == status


@pytest.mark.parametrize("path", ["journal?user=x", "webhooks?call=x"])
def test_a_filter_that_is_not_known_is_refused(local_stream: LocalStream, path: str) -> None:
    """It would find everything."""
    answer = local_stream.http.get(f"/_control/{path}")
    assert answer.status_code == 400
    assert "is no filter: expected some of" in answer.json()["error"]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_the_control_api_does_not_have_it_says(local_stream: LocalStream, method: str) -> None:
    answer = local_stream.http.request(method, "/_control/nope")
    assert answer.status_code == 404
    assert answer.json()["error"].startswith(f"the control API has no {method} /nope")
