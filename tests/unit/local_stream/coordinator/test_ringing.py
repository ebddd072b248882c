"""Ringing: who is called, who is told of an answer, and who missed the call."""

from collections.abc import Callable
from typing import Any

import pytest
from getstream import models

from tests.unit.local_stream.browser_door import Person, connected
from tests.unit.local_stream.server import LocalStream, eventually
from tests.unit.local_stream.shapes import faults

Ring = Callable[[LocalStream, Person, str], object]
MISSED_AFTER = 200


@pytest.fixture
def third(local_stream: LocalStream) -> str:
    return local_stream.new_user()


@pytest.fixture
def path(local_stream: LocalStream, host: str, viewer: str, third: str) -> str:
    """Of a call of three, which rings for ever."""
    return a_call(local_stream, host, [viewer, third], missed_after=0)


def a_call(local_stream: LocalStream, host: str, others: list[str], missed_after: int) -> str:
    """The path of a call of `host` and `others`; a ring is missed after so many milliseconds."""
    timeouts = ("auto_cancel_timeout_ms", "incoming_call_timeout_ms")
    override = {
        "ring": {"missed_call_timeout_ms": missed_after, **dict.fromkeys(timeouts, 5_000)},
        "backstage": {"enabled": False},
    }
    members = [{"user_id": user_id} for user_id in (host, *others)]
    return f"/call/livestream/{local_stream.new_call(host, members=members, settings_override=override)}"


def by_post(_: LocalStream, caller: Person, path: str) -> object:
    return caller.asks("POST", path, {"ring": True, "video": True})


def by_join(_: LocalStream, caller: Person, path: str) -> object:
    return caller.asks("POST", f"{path}/join", {"location": "LCL", "ring": True, "video": True})


def by_ring(_: LocalStream, caller: Person, path: str) -> object:
    return caller.asks("POST", f"{path}/ring", {"video": True})


def by_server(local_stream: LocalStream, _: Person, path: str) -> object:
    return local_stream.as_server("GET", f"/api/v2/video{path}", ring="true", video="true").raise_for_status()


@pytest.mark.parametrize("ring", [by_post, by_join, by_ring, by_server])
def test_it_rings_for_all_but_the_caller(
    local_stream: LocalStream, host: str, viewer: str, third: str, path: str, ring: Ring
) -> None:
    with (
        connected(local_stream, host) as caller,
        connected(local_stream, viewer) as callee,
        connected(local_stream, local_stream.new_user()) as watcher,
    ):
        watcher.asks("GET", path)
        ring(local_stream, caller, path)
        (rung,) = callee.heard_before_echo()
        assert caller.heard_before_echo() == watcher.heard_before_echo() == []
    assert faults(rung, models.CallRingEvent, "iso") == []
    assert (rung["type"], rung["user"]["id"], rung["video"]) == ("call.ring", host, True)
    assert {member["user_id"] for member in rung["members"]} == {viewer, third}
    assert rung["session_id"] == rung["call"]["session"]["id"] == rung["call"]["current_session_id"]


def test_it_rings_for_those_who_are_named(
    local_stream: LocalStream, viewer: str, third: str, path: str
) -> None:
    with connected(local_stream, viewer) as callee, connected(local_stream, third) as other:
        for door in ("/api/v2/video", "/video"):
            answer = local_stream.as_server("POST", f"{door}{path}/ring", {"members_ids": [viewer]})
            assert faults(answer.json(), models.RingCallResponse, "iso") == []
            assert answer.json()["members_ids"] == [viewer]
        kinds = [event["type"] for event in callee.heard_before_echo()]
        assert "call.ring" not in [event["type"] for event in other.heard_before_echo()]
    assert kinds.count("call.ring") == 2


def test_who_is_no_member_is_not_called(local_stream: LocalStream, host: str, path: str) -> None:
    stranger = local_stream.new_user()
    answer = local_stream.as_user(host, "POST", f"/video{path}/ring", {"members_ids": [stranger]})
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert stranger in answer.json()["message"]


def test_a_call_that_nobody_asked_to_ring_is_silent(
    local_stream: LocalStream, host: str, viewer: str, path: str
) -> None:
    with connected(local_stream, host) as caller, connected(local_stream, viewer) as callee:
        caller.asks("POST", path, {"ring": False, "notify": False})
        caller.asks("GET", f"{path}?ring=false")
        assert callee.heard_before_echo() == []


def test_who_is_notified_hears_it_without_ringing(
    local_stream: LocalStream, host: str, viewer: str, path: str
) -> None:
    with connected(local_stream, host) as caller, connected(local_stream, viewer) as callee:
        caller.asks("GET", path, None)
        local_stream.as_user(host, "GET", f"/video{path}", notify="true")
        (told,) = callee.heard_before_echo()
        assert caller.heard_before_echo() == []
    assert told["type"] == "call.notification"
    assert faults(told, models.CallNotificationEvent, "iso") == []


def test_everybody_hears_the_answers(
    local_stream: LocalStream, host: str, viewer: str, third: str, path: str
) -> None:
    with (
        connected(local_stream, host) as caller,
        connected(local_stream, viewer) as callee,
        connected(local_stream, third) as other,
    ):
        caller.asks("POST", path, {"ring": True})
        callee.asks("POST", f"{path}/accept")
        other.asks("POST", f"{path}/reject", {"reason": "busy"})
        accepted, rejected = caller.heard_before_echo()
        assert [event["type"] for event in callee.heard_before_echo()] == [
            "call.ring",
            "call.accepted",
            "call.rejected",
        ]
    assert faults(accepted, models.CallAcceptedEvent, "iso") == []
    assert faults(rejected, models.CallRejectedEvent, "iso") == []
    assert (accepted["type"], accepted["user"]["id"]) == ("call.accepted", viewer)
    assert (rejected["type"], rejected["user"]["id"], rejected["reason"]) == ("call.rejected", third, "busy")
    session = rejected["call"]["session"]
    assert (list(session["accepted_by"]), list(session["rejected_by"])) == ([viewer], [third])


def test_the_later_answer_counts(local_stream: LocalStream, viewer: str, path: str) -> None:
    for step in ("reject", "accept"):
        local_stream.as_user(viewer, "POST", f"/video{path}/{step}", {}).raise_for_status()
    session = local_stream.as_user(viewer, "GET", f"/video{path}").json()["call"]["session"]
    assert (list(session["accepted_by"]), session["rejected_by"]) == ([viewer], {})


def test_who_does_not_answer_in_time_misses_it(
    local_stream: LocalStream, host: str, viewer: str, third: str
) -> None:
    path = a_call(local_stream, host, [viewer, third], MISSED_AFTER)
    with connected(local_stream, host) as caller, connected(local_stream, viewer) as callee:
        local_stream.as_user(third, "POST", f"/video{path}/reject", {"reason": "decline"})
        caller.asks("POST", path, {"ring": True})
        missed = caller.hears("call.missed")
        assert callee.hears("call.missed") == missed
    assert faults(missed, models.CallMissedEvent, "iso") == []
    assert [member["user_id"] for member in missed["members"]] == [viewer]
    assert list(missed["call"]["session"]["missed_by"]) == [viewer]


def test_a_call_that_ended_is_missed_by_nobody(local_stream: LocalStream, host: str, viewer: str) -> None:
    ended, later = (a_call(local_stream, host, [viewer], MISSED_AFTER) for _ in range(2))
    local_stream.as_user(host, "POST", f"/video{ended}", {"ring": True})
    local_stream.as_user(host, "POST", f"/video{ended}/mark_ended")
    # When the ring that began later is missed, the time of the first is over too.
    local_stream.as_user(host, "POST", f"/video{later}", {"ring": True})
    eventually(lambda: missed(local_stream, later))
    assert missed(local_stream, ended) == []


def missed(local_stream: LocalStream, path: str) -> list[dict[str, Any]]:
    """What the journal has of the call being missed."""
    cid = ":".join(path.split("/")[-2:])
    return local_stream.journal(operation="call.missed", call_cid=cid)


@pytest.mark.parametrize(("door", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
def test_how_a_ring_stands_can_be_asked(
    local_stream: LocalStream, host: str, viewer: str, path: str, door: str, times: str
) -> None:
    assert local_stream.as_server("GET", f"{door}{path}/ring_state").json()["session_id"] == ""
    local_stream.as_user(host, "POST", f"/video{path}", {"ring": True})
    local_stream.as_user(viewer, "POST", f"/video{path}/accept")
    session_id = local_stream.as_user(host, "GET", f"/video{path}").json()["call"]["session"]["id"]
    local_stream.as_user(host, "POST", f"/video{path}/mark_ended")
    state = local_stream.as_server("GET", f"{door}{path}/ring_state", call_session_id=session_id).json()
    assert (state["session_id"], list(state["accepted_by"])) == (session_id, [viewer])
    assert state["session_ended_at"] is not None
    assert type(state["call_ended_at"]) is (int if times == "nanoseconds" else str)
    unknown = local_stream.as_server("GET", f"{door}{path}/ring_state", call_session_id="x")
    assert (unknown.status_code, unknown.json()["code"]) == (404, 16)


def test_an_answer_after_the_end_belongs_to_the_session_that_ended(
    local_stream: LocalStream, host: str, viewer: str, path: str
) -> None:
    local_stream.as_user(host, "POST", f"/video{path}", {"ring": True})
    rung = local_stream.as_user(host, "GET", f"/video{path}").json()["call"]["session"]["id"]
    local_stream.as_user(host, "POST", f"/video{path}/mark_ended")
    local_stream.as_user(viewer, "POST", f"/video{path}/reject", {"reason": "decline"}).raise_for_status()
    assert local_stream.as_user(host, "GET", f"/video{path}").json()["call"]["session"] is None
    state = local_stream.as_user(host, "GET", f"/video{path}/ring_state", call_session_id=rung).json()
    assert list(state["rejected_by"]) == [viewer]
