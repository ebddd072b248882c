"""Who is in a call: the SFU's comings and goings as the coordinator's session and events."""

from typing import Any

from getstream import models

from tests.unit.local_stream.browser_door import Person, connected
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import faults

MODELS = {
    "call.session_started": models.CallSessionStartedEvent,
    "call.session_participant_joined": models.CallSessionParticipantJoinedEvent,
    "call.session_participant_left": models.CallSessionParticipantLeftEvent,
    "call.session_participant_count_updated": models.CallSessionParticipantCountsUpdatedEvent,
    "call.session_ended": models.CallSessionEndedEvent,
    "call.live_started": models.CallLiveStartedEvent,
    "call.updated": models.CallUpdatedEvent,
    "call.ended": models.CallEndedEvent,
}


def test_a_watcher_hears_who_comes_and_goes(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, viewer) as watcher:
        watcher.asks("GET", path)
        with joined(local_stream, host, call_id) as participant:
            started = _hears(watcher, "call.session_started")
            came = _hears(watcher, "call.session_participant_joined")
            counted = _hears(watcher, "call.session_participant_count_updated")
            session = watcher.asks("GET", path)["call"]["session"]
            participant.leaves()
            left = _hears(watcher, "call.session_participant_left")
            assert (
                _hears(watcher, "call.session_participant_count_updated")["participants_count_by_role"] == {}
            )
    assert came["participant"]["user"]["id"] == host
    assert came["participant"]["user_session_id"] == participant.session_id
    assert counted["participants_count_by_role"] == {"user": 1}
    assert [each["user_session_id"] for each in session["participants"]] == [participant.session_id]
    assert {started["session_id"], came["session_id"], left["session_id"]} == {session["id"]}
    assert left["participant"]["user_session_id"] == participant.session_id


def test_two_of_one_user_are_two_participants(local_stream: LocalStream, host: str, call_id: str) -> None:
    with joined(local_stream, host, call_id), joined(local_stream, host, call_id):
        answer = local_stream.as_user(host, "GET", f"/video/call/livestream/{call_id}").json()
        assert answer["call"]["session"]["participants_count_by_role"] == {"user": 2}
        inside = local_stream.http.get(f"/_control/calls/livestream/{call_id}").json()["participants"]
        assert [each["user_id"] for each in inside] == [host, host]


def test_stopping_sends_the_viewers_away_and_keeps_the_host(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        owner.asks("POST", f"{path}/go_live", {})
        with joined(local_stream, host, call_id), joined(local_stream, viewer, call_id) as watching:
            owner.asks("POST", f"{path}/stop_live", {})
            watching.hears("call_ended")
            gone = _hears(owner, "call.session_participant_left")
            assert gone["participant"]["user"]["id"] == viewer
            session = owner.asks("GET", path)["call"]["session"]
            assert [each["user"]["id"] for each in session["participants"]] == [host]


def test_the_end_sends_everybody_away_and_ends_the_session(
    local_stream: LocalStream, host: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        with joined(local_stream, host, call_id) as participant:
            owner.asks("POST", f"{path}/mark_ended", {})
            participant.hears("call_ended")
            _hears(owner, "call.ended")
            ended = _hears(owner, "call.session_ended")
    assert ended["call"]["session"]["ended_at"] is not None
    assert ended["call"]["session"]["participants"] == []


def test_a_session_that_nobody_came_back_to_ends_by_the_clock_that_can_be_moved(
    local_stream: LocalStream, host: str
) -> None:
    patience = {"session": {"inactivity_timeout_seconds": 900}}
    call_id = local_stream.new_call(host, settings_override=patience)
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        with joined(local_stream, host, call_id) as participant:
            participant.leaves()
            _hears(owner, "call.session_participant_left")
        assert owner.asks("GET", path)["call"]["session"] is not None
        try:
            local_stream.http.post("/_control/clock", json={"offset_seconds": 901}).raise_for_status()
            _hears(owner, "call.session_ended")
        finally:
            local_stream.http.post("/_control/clock", json={"offset_seconds": 0})
        assert owner.asks("GET", path)["call"]["session"] is None


def test_who_comes_back_in_time_finds_the_same_session(
    local_stream: LocalStream, host: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        sessions = set()
        for _ in range(2):
            with joined(local_stream, host, call_id) as participant:
                sessions.add(_hears(owner, "call.session_participant_joined")["session_id"])
                participant.leaves()
                _hears(owner, "call.session_participant_left")
    assert len(sessions) == 1


def _hears(person: Person, kind: str) -> dict[str, Any]:
    event = person.hears(kind)
    assert faults(event, MODELS[kind], "iso") == []
    return event
