"""Blocking and kicking: who is sent away, who stays away, and who hears of it."""

from typing import Any

import pytest
from getstream import models
from getstream.video.rtc.pb.stream.video.sfu.models.models_pb2 import CALL_ENDED_REASON_KICKED

from tests.unit.local_stream.browser_door import Person, connected
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults


@pytest.fixture
def live(local_stream: LocalStream, call_id: str) -> str:
    """The path of a call that is live."""
    path = f"/call/livestream/{call_id}"
    assert local_stream.as_server("POST", f"/video{path}/go_live", {}).is_success
    return path


@pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
@pytest.mark.parametrize(
    ("operation", "model"),
    [
        ("block", models.BlockUserResponse),
        ("unblock", models.UnblockUserResponse),
        ("kick", models.KickUserResponse),
    ],
)
def test_the_answers(
    local_stream: LocalStream, viewer: str, live: str, base: str, times: Times, operation: str, model: object
) -> None:
    answer = local_stream.as_server("POST", f"{base}{live}/{operation}", {"user_id": viewer})
    assert answer.status_code == 201
    assert faults(answer.json(), model, times) == []


def test_a_blocked_user_may_nothing_until_it_is_unblocked(
    local_stream: LocalStream, host: str, viewer: str, live: str
) -> None:
    path = f"/video{live}"
    for _ in range(2):
        assert local_stream.as_user(host, "POST", f"{path}/block", {"user_id": viewer}).is_success
    assert local_stream.as_user(host, "GET", path).json()["call"]["blocked_user_ids"] == [viewer]
    refused = local_stream.as_user(viewer, "POST", f"{path}/join", {"location": "LCL"})
    assert (refused.status_code, refused.json()["code"]) == (403, 17)
    assert "not allowed to perform action JoinCall in scope 'video:livestream'" in refused.json()["message"]
    assert local_stream.as_user(viewer, "GET", path).status_code == 403
    assert local_stream.as_user(host, "POST", f"{path}/unblock", {"user_id": viewer}).is_success
    assert local_stream.as_user(viewer, "POST", f"{path}/join", {"location": "LCL"}).is_success
    assert local_stream.as_user(host, "GET", path).json()["call"]["blocked_user_ids"] == []


def test_who_is_blocked_leaves_and_its_credentials_are_void(
    local_stream: LocalStream, host: str, viewer: str, call_id: str, live: str
) -> None:
    with connected(local_stream, host) as owner:
        owner.asks("GET", live)
        with joined(local_stream, viewer, call_id) as participant:
            _hears(owner, "call.session_participant_joined", models.CallSessionParticipantJoinedEvent)
            owner.asks("POST", f"{live}/block", {"user_id": viewer})
            assert participant.hears("call_ended").reason == CALL_ENDED_REASON_KICKED  # type: ignore[attr-defined]
            blocked = _hears(owner, "call.blocked_user", models.BlockedUserEvent)
            left = _hears(owner, "call.session_participant_left", models.CallSessionParticipantLeftEvent)
        assert (blocked["user"]["id"], blocked["blocked_by_user"]["id"]) == (viewer, host)
        assert left["participant"]["user"]["id"] == viewer
        owner.asks("POST", f"{live}/unblock", {"user_id": viewer})
        assert _hears(owner, "call.unblocked_user", models.UnblockedUserEvent)["user"]["id"] == viewer


def test_who_is_kicked_may_come_back_with_new_credentials(
    local_stream: LocalStream, host: str, viewer: str, call_id: str, live: str
) -> None:
    with connected(local_stream, host) as owner:
        owner.asks("GET", live)
        local_stream.as_server("POST", f"/video{live}/kick", {"user_id": viewer, "kicked_by_id": host})
        kicked = _hears(owner, "call.kicked_user", models.KickedUserEvent)
        assert (kicked["user"]["id"], kicked["kicked_by_user"]["id"]) == (viewer, host)
        with joined(local_stream, viewer, call_id):
            assert owner.asks("GET", live)["call"]["blocked_user_ids"] == []


def test_a_kick_with_block_is_both(local_stream: LocalStream, host: str, viewer: str, live: str) -> None:
    with connected(local_stream, host) as owner:
        owner.asks("GET", live)
        local_stream.as_server("POST", f"/video{live}/kick", {"user_id": viewer, "block": True})
        heard = owner.heard_before_echo()
        assert [event["type"] for event in heard] == ["call.blocked_user", "call.kicked_user"]
        assert faults(heard[0], models.BlockedUserEvent, "iso") == []
        assert faults(heard[1], models.KickedUserEvent, "iso") == []
        assert owner.asks("GET", live)["call"]["blocked_user_ids"] == [viewer]


def test_a_blocked_user_hears_that_and_then_nothing_until_it_is_unblocked(
    local_stream: LocalStream, host: str, viewer: str, live: str
) -> None:
    member = local_stream.new_user()
    local_stream.as_server("POST", f"/video{live}/members", {"update_members": [{"user_id": member}]})
    with connected(local_stream, viewer) as watcher, connected(local_stream, member) as other:
        watcher.asks("GET", live)
        local_stream.as_server("POST", f"/video{live}/block", {"user_id": member})
        local_stream.as_server("POST", f"/video{live}/kick", {"user_id": viewer, "block": True})
        local_stream.as_server("POST", f"/video{live}/event", {"user_id": host, "custom": {"secret": 1}})
        for user_id in (viewer, member):
            local_stream.as_server("POST", f"/video{live}/unblock", {"user_id": user_id})
        heard = [[event["type"] for event in person.heard_before_echo()] for person in (watcher, other)]
    blocked, kicked, unblocked = "call.blocked_user", "call.kicked_user", "call.unblocked_user"
    assert heard == [[blocked, blocked, kicked, unblocked, unblocked], [blocked, unblocked]]


def test_both_sessions_of_a_kicked_user_end_and_nobody_elses(
    local_stream: LocalStream, host: str, viewer: str, call_id: str, live: str
) -> None:
    with (
        joined(local_stream, viewer, call_id) as one,
        joined(local_stream, viewer, call_id) as other,
        joined(local_stream, host, call_id),
    ):
        local_stream.as_server("POST", f"/video{live}/kick", {"user_id": viewer})
        for participant in (one, other):
            participant.hears("call_ended")
        inside = local_stream.http.get(f"/_control/calls/livestream/{call_id}").json()["participants"]
        assert [each["user_id"] for each in inside] == [host]


def test_credentials_from_before_a_kick_are_refused(
    local_stream: LocalStream, viewer: str, call_id: str, live: str
) -> None:
    with joined(local_stream, viewer, call_id) as participant:
        local_stream.as_server("POST", f"/video{live}/kick", {"user_id": viewer})
        participant.hears("call_ended")
        participant.asks_to_join()
        error: Any = participant.hears("error")
    assert "removed from the call" in error.error.message


@pytest.mark.parametrize(
    ("operation", "action"),
    [("block", "BlockUser"), ("unblock", "BlockUser"), ("kick", "KickUser")],
)
def test_a_viewer_may_not(
    local_stream: LocalStream, host: str, viewer: str, live: str, operation: str, action: str
) -> None:
    answer = local_stream.as_user(viewer, "POST", f"/video{live}/{operation}", {"user_id": host})
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
    assert f"perform action {action} in scope" in answer.json()["message"]


@pytest.mark.parametrize("operation", ["block", "unblock", "kick"])
def test_nobody_can_not_be_named(local_stream: LocalStream, live: str, operation: str) -> None:
    for body, expected in (({}, (400, 4)), ({"user_id": "nobody"}, (404, 16))):
        answer = local_stream.as_server("POST", f"/video{live}/{operation}", body)
        assert (answer.status_code, answer.json()["code"]) == expected


def _hears(person: Person, kind: str, model: object) -> dict[str, Any]:
    event = person.hears(kind)
    assert faults(event, model, "iso") == []
    return event
