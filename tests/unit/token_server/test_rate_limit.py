"""How often one user may ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.target import contract
from harness.token_server import rate_limit
from harness.token_server.rate_limit import RateLimit
from harness.token_server.refusal import Refusal
from tests.unit.token_server.system import PAGES, running


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def waits(limit: RateLimit, user: str = "user") -> int | None:
    """Seconds to wait, None when the request is let through."""
    try:
        limit.count(user)
    except Refusal as refusal:
        return refusal.retry_after
    return None


def test_as_many_at_once_as_in_a_minute_and_then_one_by_one() -> None:
    clock = Clock()
    limit = RateLimit(120, clock)
    assert [waits(limit) for _ in range(120)] == [None] * 120
    assert waits(limit) == 1
    clock.now += 0.5
    assert [waits(limit), waits(limit)] == [None, 1]


def test_wait_that_is_told_is_long_enough_and_not_longer() -> None:
    clock = Clock()
    limit = RateLimit(2, clock)
    assert [waits(limit) for _ in range(3)] == [None, None, 30]
    clock.now += 29
    assert waits(limit) == 1
    clock.now += 1
    assert waits(limit) is None


def test_long_pause_gives_no_more_than_the_burst() -> None:
    clock = Clock()
    limit = RateLimit(3, clock)
    waits(limit)
    clock.now += 3600
    assert [waits(limit) for _ in range(4)] == [None, None, None, 20]


def test_each_user_has_a_share_of_its_own() -> None:
    limit = RateLimit(1, Clock())
    assert [waits(limit, "one"), waits(limit, "one"), waits(limit, "other")] == [None, 60, None]


def test_zero_is_no_limit_and_remembers_nobody() -> None:
    limit = RateLimit(0, Clock())
    assert {waits(limit) for _ in range(1000)} == {None}
    assert len(limit) == 0


def test_memory_is_bounded_and_whoever_keeps_asking_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MOST_USERS", 10)
    limit = RateLimit(1, Clock())
    waits(limit, "busy")
    for number in range(1000):
        waits(limit, str(number))
        assert waits(limit, "busy") == 60
    assert len(limit) == 10


def test_user_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    with running(tmp_path / "log", rate_limit=2) as system:
        party, viewer = system.new_party(), system.new_person()
        body = {"callId": party.id}
        session = system.session(party.host)
        # Somebody else's tries with a forged session of this user do not count.
        for _ in range(5):
            contract.refused(system.endpoint.ask(session[:-4] + "AAAA", body), 401, "Invalid auth")
        for _ in range(2):
            contract.granted(system.endpoint.ask(session, body), system.target, party, party.host)
        before = len(system.small_stream.requests)
        answer = system.endpoint.ask(session, body, origin=PAGES, patient=False)
        contract.refused(answer, 429, "Too many requests")
        contract.readable_from(answer, PAGES)
        assert 1 <= int(answer.headers["retry-after"]) <= 30
        assert "retry-after" in answer.headers["access-control-expose-headers"]
        assert len(system.small_stream.requests) == before
        contract.granted(system.endpoint.ask(system.session(viewer), body), system.target, party, viewer)
