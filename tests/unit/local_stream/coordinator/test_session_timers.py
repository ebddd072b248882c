"""Session timers: when a session has to end, and that it does, by the clock that can be moved."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream

HOUR = 3600


@pytest.fixture
def clock(local_stream: LocalStream) -> Iterator[LocalStream]:
    yield local_stream
    set_clock(local_stream, 0)


def set_clock(local_stream: LocalStream, seconds: int) -> None:
    local_stream.http.post("/_control/clock", json={"offset_seconds": seconds}).raise_for_status()


def limited(seconds: int | None) -> dict[str, Any]:
    return {"settings_override": {"limits": {"max_duration_seconds": seconds}}}


def lasts(session: dict[str, Any]) -> timedelta | None:
    """How long after its start the session ends, if it has to."""
    if session["timer_ends_at"] is None:
        return None
    return datetime.fromisoformat(session["timer_ends_at"]) - datetime.fromisoformat(session["started_at"])


def test_the_timer_runs_from_the_first_who_joins_moves_and_ends_the_call(
    clock: LocalStream, host: str
) -> None:
    call_id = clock.new_call(host, **limited(HOUR))
    path = f"/call/livestream/{call_id}"
    admin = clock.new_user("admin")
    with connected(clock, host) as owner, connected(clock, admin) as boss:
        owner.asks("GET", path)
        with joined(clock, host, call_id) as participant:
            started = owner.hears("call.session_started")["call"]["session"]
            assert lasts(started) == timedelta(hours=1)
            for seconds, lasting in [(2 * HOUR, timedelta(hours=2)), (0, None), (None, None)]:
                boss.asks("PATCH", path, limited(seconds))
                heard = owner.hears("call.updated")["call"]["session"]
                assert lasts(heard) == lasting
            set_clock(clock, 3 * HOUR)
            assert owner.asks("GET", path)["call"]["ended_at"] is None, "it has no timer any more"
            boss.asks("PATCH", path, limited(4 * HOUR))
            set_clock(clock, 4 * HOUR)
            ended = owner.hears("call.ended")
            participant.hears("call_ended")
            closed = owner.hears("call.session_ended")["call"]["session"]
    assert ended["call"]["ended_at"] is not None
    assert ended["user"] is None
    assert closed["participants"] == []


def test_a_shorter_time_that_is_over_ends_the_call_at_once(
    clock: LocalStream, host: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(clock, host) as owner, joined(clock, host, call_id):
        owner.asks("GET", path)
        set_clock(clock, 60)
        assert clock.as_server("PATCH", f"/api/v2/video{path}", limited(30)).status_code == 200
        owner.hears("call.ended")


def test_who_may_not_change_the_duration_is_refused(local_stream: LocalStream, host: str) -> None:
    call_id = local_stream.new_call(host, **limited(HOUR))
    path = f"/video/call/livestream/{call_id}"
    refused = local_stream.as_user(host, "PATCH", path, limited(2 * HOUR))
    assert (refused.status_code, refused.json()["code"]) == (403, 17)
    assert "ChangeMaxDuration" in refused.json()["message"]
    assert local_stream.as_user(host, "PATCH", path, limited(HOUR)).status_code == 200, "it stays as it was"
