"""The coordinator's WebSocket: who connects, what they hear, and what they do not."""

import json
import uuid

import pytest
from websockets.exceptions import ConnectionClosed

from tests.unit.local_stream.browser_door import connected, introduction, opened
from tests.unit.local_stream.server import PATIENCE, LocalStream, eventually, token


def test_connecting_makes_the_user(local_stream: LocalStream) -> None:
    user_id = f"user-{uuid.uuid4()}"
    with connected(local_stream, user_id, name="Viewer", custom={"colour": "red"}) as person:
        assert person.hello["type"] == "connection.ok"
        me = person.hello["me"]
        assert (me["id"], me["name"], me["role"], me["custom"]) == (
            user_id,
            "Viewer",
            "user",
            {"colour": "red"},
        )
        assert me["online"] is True


def test_connecting_changes_no_role_and_clears_no_name(local_stream: LocalStream) -> None:
    user_id = local_stream.new_user(role="admin")
    named = {"users": {user_id: {"id": user_id, "name": "Host"}}}
    local_stream.as_server("POST", "/api/v2/users", named)
    with connected(local_stream, user_id, role="user") as person:
        assert (person.hello["me"]["role"], person.hello["me"]["name"]) == ("admin", "Host")


def test_health_checks_are_answered(local_stream: LocalStream, viewer: str) -> None:
    with connected(local_stream, viewer) as person:
        person.socket.send(json.dumps([{"type": "health.check", "client_id": "x"}]))
        answer = person.hears_next()
        assert (answer["type"], answer["connection_id"]) == ("health.check", person.connection_id)


def test_noise_is_passed_over(local_stream: LocalStream, viewer: str) -> None:
    with connected(local_stream, viewer) as person:
        for noise in ("", "not JSON", "{}", "[]", "5", b"\x00\x01", '[{"type": "unknown"}]'):
            person.socket.send(noise)
        assert person.heard_before_echo() == []


def test_strangers_to_a_call_hear_nothing_of_it(local_stream: LocalStream, host: str, viewer: str) -> None:
    with connected(local_stream, host) as owner, connected(local_stream, viewer) as stranger:
        path = f"/call/livestream/{uuid.uuid4()}"
        owner.asks("POST", path, {})
        owner.asks("POST", f"{path}/go_live", {})
        assert [event["type"] for event in owner.heard_before_echo()] == ["call.created", "call.live_started"]
        assert stranger.heard_before_echo() == []


def test_members_hear_without_watching(local_stream: LocalStream, host: str, viewer: str) -> None:
    with connected(local_stream, viewer) as member:
        call_id = local_stream.new_call(host, members=[{"user_id": viewer}])
        created = member.hears("call.created")
        assert created["call"]["id"] == call_id
        assert [each["user_id"] for each in created["members"]] == [viewer]


def test_a_connection_of_another_user_is_not_made_to_watch(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    with connected(local_stream, host) as owner:
        path = f"/video/call/livestream/{call_id}"
        local_stream.as_user(viewer, "GET", path, connection_id=owner.connection_id)
        local_stream.as_server("POST", f"/api{path.replace('/video', '/v2/video')}/go_live", {})
        assert owner.heard_before_echo() == []


def test_each_connection_of_a_user_hears_once(local_stream: LocalStream, host: str, call_id: str) -> None:
    with connected(local_stream, host) as first, connected(local_stream, host) as second:
        path = f"/call/livestream/{call_id}"
        for tab in (first, second, second):
            tab.asks("GET", path)
        first.asks("POST", f"{path}/go_live", {})
        for tab in (first, second):
            assert [event["type"] for event in tab.heard_before_echo()] == ["call.live_started"]


def test_watching_through_a_query(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    cid = f"livestream:{call_id}"
    with connected(local_stream, viewer) as person:
        person.asks("POST", "/calls", {"watch": True, "filter_conditions": {"cid": {"$in": [cid]}}})
        local_stream.as_server("POST", f"/api/v2/video/call/livestream/{call_id}/go_live", {})
        assert [event["type"] for event in person.heard_before_echo()] == ["call.live_started"]


@pytest.mark.parametrize(("connection_id", "code"), [("", 4), ("another", 46)])
def test_watching_needs_a_connection(
    local_stream: LocalStream, viewer: str, connection_id: str, code: int
) -> None:
    answer = local_stream.as_user(
        viewer, "POST", "/video/calls", {"watch": True}, connection_id=connection_id
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_nobody_watches_on_the_connection_of_another(
    local_stream: LocalStream, host: str, viewer: str
) -> None:
    with connected(local_stream, host) as owner:
        answer = local_stream.as_user(
            viewer, "POST", "/video/calls", {"watch": True}, connection_id=owner.connection_id
        )
    assert (answer.status_code, answer.json()["code"]) == (400, 46)


def test_a_new_connection_has_a_new_id_and_watches_nothing_yet(
    local_stream: LocalStream, viewer: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, viewer) as before:
        before.asks("GET", path)
    with connected(local_stream, viewer) as after:
        assert after.connection_id != before.connection_id
        # Between the two a client still names the old one: it gets its answer, and watches nothing.
        assert local_stream.as_user(
            viewer, "GET", f"/video{path}", connection_id=before.connection_id
        ).is_success
        local_stream.as_server("POST", f"/api/v2/video{path}/go_live", {})
        assert after.heard_before_echo() == []
        after.asks("GET", path)
        local_stream.as_server("POST", f"/api/v2/video{path}/stop_live", {})
        assert [event["type"] for event in after.heard_before_echo()] == ["call.updated"]


def test_who_closes_is_offline(local_stream: LocalStream, viewer: str) -> None:
    def online() -> bool:
        payload = json.dumps({"filter_conditions": {"id": viewer}})
        users = local_stream.as_server("GET", "/api/v2/users", payload=payload).json()["users"]
        return bool(users[0]["online"])

    with connected(local_stream, viewer):
        assert online()
    eventually(lambda: not online())


def test_a_refusal_is_the_last_that_is_said(local_stream: LocalStream) -> None:
    with opened(local_stream) as socket:
        socket.send(introduction("X", token({"user_id": "X"}, "quite another secret, but long enough")))
        assert json.loads(socket.recv(timeout=PATIENCE))["type"] == "connection.error"
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1000
