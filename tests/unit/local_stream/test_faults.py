"""Every kind of fault bites on a real client, is counted and journalled; what does not match is untouched."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from getstream import models
from getstream.exceptions import StreamApiException
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK
from websockets.sync.client import ClientConnection

from tests.unit.local_stream.browser_door import Person, connected, introduction, opened
from tests.unit.local_stream.server import PATIENCE, LocalStream, token
from tests.unit.local_stream.shapes import faults


class Rules:
    """The faults of one test."""

    def __init__(self, local_stream: LocalStream) -> None:
        self._local_stream = local_stream

    def add(self, **rule: object) -> str:
        """The id of a new rule."""
        answer = self._local_stream.http.post("/_control/faults", json=rule)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def counts(self, rule_id: str) -> tuple[int, int]:
        """What the rule matched, and how often it bit."""
        listed = self._local_stream.http.get("/_control/faults").json()["faults"]
        (found,) = [each for each in listed if each["id"] == rule_id]
        return found["matches"], found["hits"]

    def bites(self, rule_id: str) -> list[dict[str, Any]]:
        """The journal's entries about the rule."""
        entries = self._local_stream.journal()
        return [each for each in entries if each["door"] == "fault" and each["detail"]["fault"] == rule_id]


@pytest.fixture
def rules(local_stream: LocalStream) -> Iterator[Rules]:
    yield Rules(local_stream)
    local_stream.http.delete("/_control/faults").raise_for_status()


def test_a_status_is_the_vendors_error_in_the_sdk(
    local_stream: LocalStream, rules: Rules, call_id: str
) -> None:
    rule = rules.add(door="rest", operation="GetCall", call_cid=f"livestream:{call_id}", status=429)
    call = local_stream.server.video.call("livestream", call_id)
    with pytest.raises(StreamApiException) as raised:
        call.get()
    assert (raised.value.status_code, raised.value.code) == (429, 9)
    assert raised.value.message == 'GetCall failed with error: "injected by a fault rule of the local Stream"'
    answer = local_stream.as_server("GET", f"/video/call/livestream/{call_id}")
    assert faults(answer.json(), models.APIError, "iso") == []
    assert answer.headers["retry-after"] == "1"
    assert rules.counts(rule) == (2, 2)
    (bite, _) = rules.bites(rule)
    assert (bite["operation"], bite["call_cid"]) == ("GetCall", f"livestream:{call_id}")
    assert bite["detail"] == {"fault": rule, "at": "rest", "effect": "status"}


def test_code_message_and_unrecoverable_are_as_told(local_stream: LocalStream, rules: Rules) -> None:
    told: dict[str, object] = {"code": 99, "message": "app suspended", "unrecoverable": True}
    rules.add(door="rest", operation="GetApp", status=403, **told)
    body = local_stream.as_server("GET", "/api/v2/app").json()
    assert (body["code"], body["StatusCode"], body["unrecoverable"]) == (99, 403, True)
    assert body["message"] == 'GetApp failed with error: "app suspended"'


def test_other_operations_calls_and_users_are_untouched(
    local_stream: LocalStream, rules: Rules, host: str, viewer: str, call_id: str
) -> None:
    elsewhere = [
        rules.add(door="rest", operation="JoinCall", status=500),
        rules.add(door="rest", call_cid=f"livestream:{local_stream.new_call(host)}", status=500),
        rules.add(door="rest", user_id=viewer, status=500),
        rules.add(door="ws", operation="GetCall", drop=True),
    ]
    answer = local_stream.as_user(host, "GET", f"/video/call/livestream/{call_id}")
    assert answer.status_code == 200
    assert [rules.counts(each) for each in elsewhere] == [(0, 0)] * 4
    assert local_stream.as_user(viewer, "GET", f"/video/call/livestream/{call_id}").status_code == 500


@pytest.mark.parametrize(
    ("when", "statuses"),
    [
        ({"nth": 2}, [200, 500, 200, 200, 200, 200]),
        ({"times": 2}, [500, 500, 200, 200, 200, 200]),
        ({"every": 3}, [200, 200, 500, 200, 200, 500]),
        ({"every": 2, "times": 1}, [200, 500, 200, 200, 200, 200]),
    ],
)
def test_when_it_bites_is_exact(
    local_stream: LocalStream, rules: Rules, call_id: str, when: dict[str, int], statuses: list[int]
) -> None:
    rule = rules.add(door="rest", operation="GetCall", status=500, **when)
    path = f"/video/call/livestream/{call_id}"
    assert [local_stream.as_server("GET", path).status_code for _ in statuses] == statuses
    assert rules.counts(rule) == (6, statuses.count(500))


def test_chance_repeats_with_its_seed(local_stream: LocalStream, rules: Rules, call_id: str) -> None:
    def pattern(seed: int) -> list[int]:
        rule = rules.add(door="rest", operation="GetCall", status=500, chance=0.5, seed=seed)
        path = f"/video/call/livestream/{call_id}"
        statuses = [local_stream.as_server("GET", path).status_code for _ in range(20)]
        local_stream.http.delete(f"/_control/faults/{rule}").raise_for_status()
        return statuses

    first = pattern(7)
    assert set(first) == {200, 500}
    assert pattern(7) == first
    assert pattern(8) != first


def test_a_dropped_request_has_no_answer_and_no_effect(local_stream: LocalStream, rules: Rules) -> None:
    rule = rules.add(door="rest", operation="GetOrCreateCall", drop=True, times=1)
    path = "/api/v2/video/call/livestream/dropped"
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        local_stream.as_server("POST", path, {"data": {"created_by_id": "host"}})
    assert rules.counts(rule) == (1, 1)
    (entry,) = local_stream.journal(operation="GetOrCreateCall", call_cid="livestream:dropped")[1:]
    assert entry["status"] is None
    assert local_stream.as_server("GET", path).status_code == 404


def test_an_answer_can_be_lost_after_the_operation_was_carried_out(
    local_stream: LocalStream, rules: Rules
) -> None:
    rules.add(door="rest", operation="GetOrCreateCall", drop=True, performed=True, times=1)
    path = "/api/v2/video/call/livestream/carried-out"
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        local_stream.as_server("POST", path, {"data": {"created_by_id": "host"}})
    assert local_stream.as_server("GET", path).status_code == 200
    again = local_stream.as_server("POST", path, {"data": {"created_by_id": "host"}})
    assert (again.status_code, again.json()["created"]) == (201, False)


def test_garbage_is_a_200_that_no_sdk_can_read(local_stream: LocalStream, rules: Rules, call_id: str) -> None:
    rule = rules.add(door="rest", operation="GetCall", garbage=True)
    answer = local_stream.as_server("GET", f"/video/call/livestream/{call_id}")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    with pytest.raises(Exception) as raised:  # noqa: PT011  whatever the SDK makes of it
        local_stream.server.video.call("livestream", call_id).get()
    assert not isinstance(raised.value, AssertionError)
    assert rules.counts(rule) == (2, 2)


def test_a_delayed_answer_is_the_real_one_later(
    local_stream: LocalStream, rules: Rules, call_id: str
) -> None:
    rule = rules.add(door="rest", operation="GetCall", delay_ms=300)
    began = time.monotonic()
    assert local_stream.as_server("GET", f"/video/call/livestream/{call_id}").status_code == 200
    assert time.monotonic() - began >= 0.3
    assert rules.counts(rule) == (1, 1)


def test_the_location_hint_can_fail(local_stream: LocalStream, rules: Rules) -> None:
    rules.add(door="rest", operation="LocationHint", status=503, times=1)
    rules.add(door="rest", operation="LocationHint", drop=True, nth=2)
    assert local_stream.http.head("/hint").status_code == 503
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        local_stream.http.head("/hint")
    assert local_stream.http.head("/hint").status_code == 200


def test_a_connection_can_be_refused_with_the_vendors_error(
    local_stream: LocalStream, rules: Rules, host: str
) -> None:
    rules.add(door="ws", operation="Connect", user_id=host, status=401, code=40)
    with _introduced(local_stream, host) as socket:
        error = json.loads(socket.recv(timeout=PATIENCE))
        assert (error["type"], error["error"]["code"], error["error"]["StatusCode"]) == (
            "connection.error",
            40,
            401,
        )
        with pytest.raises(ConnectionClosedOK):
            socket.recv(timeout=PATIENCE)


def test_a_connection_can_be_cut_before_its_first_word(
    local_stream: LocalStream, rules: Rules, host: str
) -> None:
    rule = rules.add(door="ws", operation="Connect", user_id=host, drop=True, times=1)
    with _introduced(local_stream, host) as socket, pytest.raises(ConnectionClosedError) as closed:
        socket.recv(timeout=PATIENCE)
    assert closed.value.rcvd is None  # no close frame: the line is dead
    assert rules.counts(rule) == (1, 1)
    with connected(local_stream, host) as person:
        assert person.hello["type"] == "connection.ok"


def test_a_connection_can_be_closed_after_its_first_word(
    local_stream: LocalStream, rules: Rules, host: str
) -> None:
    rules.add(door="ws", operation="Connect", user_id=host, close_code=4001)
    with connected(local_stream, host) as person:
        assert person.hello["type"] == "connection.ok"
        assert _close_code(person) == 4001


def test_the_first_frame_can_be_garbage(local_stream: LocalStream, rules: Rules, host: str) -> None:
    rules.add(door="ws", operation="Connect", user_id=host, garbage=True)
    with _introduced(local_stream, host) as socket, pytest.raises(json.JSONDecodeError):
        json.loads(socket.recv(timeout=PATIENCE))


def test_silence_on_the_line(local_stream: LocalStream, rules: Rules, host: str) -> None:
    rule = rules.add(door="ws", operation="health.check", user_id=host, drop=True, times=1)
    with connected(local_stream, host) as person:
        person.socket.send(json.dumps([{"type": "health.check"}]))
        assert person.heard_before_echo() == []
    assert rules.counts(rule) == (2, 1)


@pytest.fixture
def watcher(local_stream: LocalStream, host: str, call_id: str) -> Iterator[Person]:
    """The host, who watches the call."""
    with connected(local_stream, host) as person:
        person.asks("GET", f"/call/livestream/{call_id}")
        yield person


def test_an_event_can_be_lost_for_one_user_alone(
    local_stream: LocalStream, rules: Rules, watcher: Person, viewer: str, call_id: str
) -> None:
    rule = rules.add(door="ws", operation="call.live_started", user_id=watcher.id, drop=True)
    with connected(local_stream, viewer) as other:
        other.asks("GET", f"/call/livestream/{call_id}")
        watcher.asks("POST", f"/call/livestream/{call_id}/go_live", {})
        assert [event["type"] for event in other.heard_before_echo()] == ["call.live_started"]
    assert watcher.heard_before_echo() == []
    assert rules.counts(rule) == (1, 1)


def test_an_event_can_come_twice(rules: Rules, watcher: Person, call_id: str) -> None:
    rules.add(door="ws", operation="call.live_started", call_cid=f"livestream:{call_id}", duplicate=True)
    watcher.asks("POST", f"/call/livestream/{call_id}/go_live", {})
    first, second = watcher.heard_before_echo()
    assert first == second
    assert first["type"] == "call.live_started"


def test_a_late_event_is_overtaken(rules: Rules, watcher: Person, call_id: str) -> None:
    rules.add(door="ws", operation="call.live_started", call_cid=f"livestream:{call_id}", delay_ms=300)
    for step in ("go_live", "stop_live"):
        watcher.asks("POST", f"/call/livestream/{call_id}/{step}", {})
    assert [watcher.hears_next()["type"] for _ in range(2)] == ["call.updated", "call.live_started"]


def test_an_event_can_be_garbage(rules: Rules, watcher: Person, call_id: str) -> None:
    rules.add(door="ws", operation="call.live_started", call_cid=f"livestream:{call_id}", garbage=True)
    watcher.asks("POST", f"/call/livestream/{call_id}/go_live", {})
    with pytest.raises(json.JSONDecodeError):
        watcher.hears_next()


def test_the_connection_can_close_at_the_nth_event(rules: Rules, watcher: Person, call_id: str) -> None:
    rule = rules.add(door="ws", call_cid=f"livestream:{call_id}", nth=2, close_code=1011)
    for step in ("go_live", "stop_live"):
        watcher.asks("POST", f"/call/livestream/{call_id}/{step}", {})
    assert watcher.hears_next()["type"] == "call.live_started"
    assert _close_code(watcher) == 1011
    assert rules.counts(rule) == (2, 1)


@pytest.mark.parametrize(
    ("rule", "field", "sentence"),
    [
        ({"drop": True}, "door", "door is missing: expected rest, ws, webhooks"),
        ({"door": "sfu", "drop": True}, "door", "came 'sfu'"),
        ({"door": "rest", "nth": "two", "drop": True}, "nth", "valid integer, came 'two'"),
        ({"door": "rest", "times": 0, "drop": True}, "times", "greater than or equal to 1, came 0"),
        ({"door": "rest", "status": 200}, "status", "greater than or equal to 400, came 200"),
        ({"door": "rest", "chance": 2, "drop": True}, "chance", "less than or equal to 1, came 2"),
        ({"door": "rest", "delay": 5}, "delay", "delay is no field of a rule: expected some of door"),
        ({"door": "rest"}, "rule", "one effect of status, drop, garbage or delay_ms, came none"),
        ({"door": "rest", "drop": True, "garbage": True}, "rule", "came drop and garbage"),
        ({"door": "rest", "close_code": 1001}, "rule", "close_code is not for door rest"),
        ({"door": "ws", "operation": "call.ended", "status": 500}, "rule", "an event has no status"),
        ({"door": "ws", "drop": True, "performed": True}, "rule", "performed is for door rest"),
        ({"door": "rest", "drop": True, "code": 4}, "rule", "go with status"),
        ({"door": "rest", "operation": "GoLife", "drop": True}, "operation", "did you mean GoLive"),
        ({"door": "rest", "operation": "x", "drop": True}, "operation", "docs/local-stream.md lists them"),
    ],
)
def test_what_makes_no_sense_is_refused(
    local_stream: LocalStream, rules: Rules, rule: dict[str, object], field: str, sentence: str
) -> None:
    del rules  # for its end: nothing is left behind
    answer = local_stream.http.post("/_control/faults", json=rule)
    assert answer.status_code == 400
    assert sentence in answer.json()["fields"][field]
    assert local_stream.http.get("/_control/faults").json() == {"faults": []}


def test_every_field_at_fault_is_told(local_stream: LocalStream) -> None:
    answer = local_stream.http.post("/_control/faults", json={"door": "x", "nth": 0, "oops": 1})
    assert set(answer.json()["fields"]) == {"door", "nth", "oops"}


def test_rules_are_listed_and_taken_back(local_stream: LocalStream, rules: Rules, call_id: str) -> None:
    first = rules.add(door="rest", operation="GetCall", status=500)
    second = rules.add(door="ws", operation="call.ended", drop=True)
    listed = local_stream.http.get("/_control/faults").json()["faults"]
    assert [each["id"] for each in listed] == [first, second]
    assert listed[1] == {
        "id": second,
        "door": "ws",
        "operation": "call.ended",
        "drop": True,
        "matches": 0,
        "hits": 0,
    }
    assert local_stream.http.delete(f"/_control/faults/{first}").status_code == 200
    assert local_stream.as_server("GET", f"/video/call/livestream/{call_id}").status_code == 200
    assert local_stream.http.delete(f"/_control/faults/{first}").status_code == 404


@contextmanager
def _introduced(local_stream: LocalStream, user_id: str) -> Iterator[ClientConnection]:
    with opened(local_stream) as socket:
        socket.send(introduction(user_id, token({"user_id": user_id})))
        yield socket


def _close_code(person: Person) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        person.hears_next()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code
