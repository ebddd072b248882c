"""Events of the app's own, and reactions."""

import uuid

import pytest
from getstream import models

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults


@pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
def test_a_server_sends_an_event_for_a_user(
    local_stream: LocalStream, host: str, viewer: str, call_id: str, base: str, times: Times
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        body = {"user_id": viewer, "custom": {"bananas": "good", "at": [1, None]}}
        answer = local_stream.as_server("POST", f"{base}{path}/event", body)
        assert answer.status_code == 201
        assert faults(answer.json(), models.SendCallEventResponse, times) == []
        event = owner.hears("custom")
    assert faults(event, models.CustomVideoEvent, "iso") == []
    assert (event["user"]["id"], event["custom"]) == (viewer, body["custom"])


def test_who_is_in_a_call_hears_its_events_without_watching(
    local_stream: LocalStream, host: str, call_id: str
) -> None:
    with connected(local_stream, host) as person, joined(local_stream, host, call_id):
        person.hears("call.session_participant_joined")
        body = {"user_id": host, "custom": {"bananas": "good"}}
        path = f"/api/v2/video/call/livestream/{call_id}/event"
        assert local_stream.as_server("POST", path, body).status_code == 201
        assert person.hears("custom")["custom"] == {"bananas": "good"}


def test_a_reaction_reaches_who_watches(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner, connected(local_stream, viewer) as fan:
        owner.asks("GET", path)
        sent = {"type": "raised-hand", "emoji_code": ":raise-hand:", "custom": {"n": 1}}
        answer = fan.asks("POST", f"{path}/reaction", sent)
        event = owner.hears("call.reaction_new")
    assert faults(answer["reaction"], models.VideoReactionResponse, "iso") == []
    assert faults(event, models.CallReactionEvent, "iso") == []
    assert event["reaction"] == answer["reaction"]
    assert {name: event["reaction"][name] for name in sent} == sent
    assert event["reaction"]["user"]["id"] == viewer


def test_custom_data_up_to_five_kilobytes(local_stream: LocalStream, host: str, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}/event"
    fits = {"a": "x" * (5 * 1024 - len('{"a":""}'))}
    assert local_stream.as_user(host, "POST", path, {"custom": fits}).is_success
    answer = local_stream.as_user(host, "POST", path, {"custom": {"a": fits["a"] + "x"}})
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert "5120 bytes of JSON at most, got 5121" in answer.json()["message"]


def test_calls_and_members_keep_no_more_either(local_stream: LocalStream, host: str, call_id: str) -> None:
    path, other = f"/video/call/livestream/{call_id}", f"/video/call/livestream/{uuid.uuid4()}"
    large = {"custom": {"a": "x" * 5 * 1024}}
    for method, asked, body in (
        ("POST", other, {"data": large}),
        ("POST", other, {"data": {"members": [{"user_id": host, **large}]}}),
        ("PATCH", path, large),
        ("POST", f"{path}/members", {"update_members": [{"user_id": host, **large}]}),
    ):
        answer = local_stream.as_user(host, method, asked, body)
        assert (answer.status_code, answer.json()["code"]) == (400, 4)
        assert "custom must be 5120 bytes of JSON at most" in answer.json()["exception_fields"]["custom"]
    kept = local_stream.as_user(host, "GET", path).json()
    assert (kept["call"]["custom"], kept["members"]) == ({}, [])
    assert local_stream.as_user(host, "GET", other).status_code == 404


def test_somebody_must_have_sent_it(local_stream: LocalStream, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}/event"
    for body, expected in (({}, (400, 4)), ({"user_id": "nobody"}, (404, 16))):
        answer = local_stream.as_server("POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == expected


def test_nobody_hears_what_a_blocked_user_sends(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    local_stream.as_server("POST", f"/video{path}/block", {"user_id": viewer})
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        for step, body in (("event", {"custom": {}}), ("reaction", {"type": "like"})):
            assert local_stream.as_user(viewer, "POST", f"/video{path}/{step}", body).status_code == 403
        assert owner.heard_before_echo() == []
