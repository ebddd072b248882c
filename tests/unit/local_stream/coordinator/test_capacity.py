"""How many may be in a call: who counts, whose place is kept, and what JoinCall answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.local_stream.coordinator.call_settings import LIVESTREAM, overridden
from harness.local_stream.coordinator.call_types import CallType
from harness.local_stream.coordinator.calls import Call, Member, Participant, Session
from harness.local_stream.coordinator.capacity import KEPT_FOR, check_place, keep_place
from harness.local_stream.coordinator.errors import ApiError
from harness.local_stream.coordinator.tokens import ANONYMOUS
from harness.local_stream.coordinator.users import User
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream

NOW = datetime(2030, 1, 1, tzinfo=UTC)
OWNER, ONE, TWO, ADMIN = (User(name, NOW, NOW) for name in ("owner", "one", "two", "boss"))
ADMIN.role = "admin"


def call_with(**limits: object) -> Call:
    call_type = CallType("livestream", NOW, NOW, LIVESTREAM, {})
    settings = overridden(LIVESTREAM, {"limits": limits})
    call = Call(call_type, "party", OWNER, NOW, NOW, settings, backstage=False)
    call.session = Session("session")
    return call


def enter(call: Call, *users: User) -> None:
    assert call.session is not None
    for user in users:
        number = len(call.session.participants)
        call.session.enter(Participant(user, f"{user.id}-{number}", NOW))


def may_come(call: Call, user: User, now: datetime = NOW) -> bool:
    try:
        check_place(call, user, now)
    except ApiError:
        return False
    return True


@pytest.mark.parametrize("most", [None, 0])
def test_without_a_limit_everybody_may_come(most: int | None) -> None:
    call = call_with(max_participants=most)
    enter(call, ONE, TWO)
    assert may_come(call, OWNER)


def test_people_count_and_not_their_devices() -> None:
    call = call_with(max_participants=2)
    enter(call, ONE, ONE)
    assert may_come(call, TWO)
    enter(call, TWO)
    assert [may_come(call, each) for each in (ONE, TWO, OWNER)] == [True, True, False]


def test_who_is_excepted_comes_always_and_does_not_count() -> None:
    excepted = {"max_participants_exclude_owner": True, "max_participants_exclude_roles": ["admin", "host"]}
    call = call_with(max_participants=1, **excepted)
    call.members[TWO.id] = Member(TWO, NOW, NOW, role="host")
    enter(call, OWNER, TWO, ADMIN)
    assert may_come(call, ONE)
    enter(call, ONE)
    assert [may_come(call, each) for each in (OWNER, TWO, ADMIN)] == [True, True, True]
    assert not may_come(call, User("another", NOW, NOW))


def test_anonymous_people_count_one_by_one() -> None:
    nobody = User(ANONYMOUS, NOW, NOW, role="anonymous")
    call = call_with(max_participants=2)
    enter(call, nobody)
    assert may_come(call, nobody)
    enter(call, nobody)
    assert not may_come(call, nobody)


def test_a_place_is_kept_until_its_owner_came_or_for_a_while() -> None:
    call = call_with(max_participants=1)
    assert call.session is not None
    keep_place(call, call.session, ONE, NOW)
    assert [may_come(call, ONE), may_come(call, TWO)] == [True, False]
    assert may_come(call, TWO, NOW + KEPT_FOR + timedelta(seconds=1))
    enter(call, ONE)
    call.session.participants.clear()
    assert may_come(call, TWO), "who left has no place any more"


def test_join_is_refused_when_the_call_is_full(local_stream: LocalStream, host: str, viewer: str) -> None:
    call_id = local_stream.new_call(
        host, settings_override={"limits": {"max_participants": 1}, "backstage": {"enabled": False}}
    )
    path, body = f"/video/call/livestream/{call_id}", {"location": "LCL"}
    assert local_stream.as_user(host, "POST", f"{path}/join", body).status_code == 201
    answer = local_stream.as_user(viewer, "POST", f"{path}/join", body)
    assert answer.status_code == 403
    refused: dict[str, Any] = answer.json()
    told = f'JoinCall failed with error: "call livestream:{call_id} is full: it may have 1 participants"'
    assert (refused["code"], refused["message"], refused["unrecoverable"]) == (17, told, True)
    with joined(local_stream, host, call_id):
        assert local_stream.as_user(viewer, "POST", f"{path}/join", body).status_code == 403
        wider = {"settings_override": {"limits": {"max_participants": 2}}}
        assert local_stream.as_user(host, "PATCH", path, wider).status_code == 200
        with joined(local_stream, viewer, call_id) as participant:
            assert participant.session_id
