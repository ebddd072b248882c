"""What a call and an app keep of their past has a bound, and the latest is what is kept."""

from datetime import UTC, datetime

import pytest

from harness.local_stream.coordinator import call_settings, tasks
from harness.local_stream.coordinator.call_types import CallTypes
from harness.local_stream.coordinator.calls import (
    MOST_FEEDBACK,
    MOST_PAST_SESSIONS,
    Call,
    Feedback,
    Participant,
    Session,
)
from harness.local_stream.coordinator.errors import ApiError
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.users import User

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOST = User("host", NOW, NOW)


@pytest.fixture
def call() -> Call:
    call_type = CallTypes(Source()).get("livestream")
    return Call(call_type, "a-party", HOST, NOW, NOW, call_settings.DEFAULT, backstage=False)


def test_sessions(call: Call) -> None:
    for number in range(MOST_PAST_SESSIONS + 1):
        call.close_session(Session(str(number)))
    assert (len(call.past_sessions), next(iter(call.past_sessions))) == (MOST_PAST_SESSIONS, "1")


def test_feedback(call: Call) -> None:
    for number in range(MOST_FEEDBACK + 1):
        call.feedback.append(Feedback(str(number), "", 5, "", "", "", {}))
    assert (len(call.feedback), call.feedback[0].user_id) == (MOST_FEEDBACK, "1")


def test_who_comes_again_is_counted_and_kept_once() -> None:
    session = Session("1")
    for _ in range(3):
        session.enter(Participant(HOST, "tab", NOW))
    assert (session.visits, session.visitors, session.most_at_once) == (3, {"host"}, 1)


def test_tasks() -> None:
    kept = tasks.Tasks(Source())
    ids = [kept.done({}).id for _ in range(tasks.MOST_KEPT + 1)]
    assert kept.get(ids[1]).id == ids[1]
    with pytest.raises(ApiError):
        kept.get(ids[0])
