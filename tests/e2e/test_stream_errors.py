"""Stream refuses or fails on the way to being live: told, never shown as live, nothing half done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from harness.browser.fault import (
    Effect,
    Fault,
    Held,
    answers,
    answers_with,
    asks_stream,
    asks_token,
    breaks_off,
    loses_the_answer,
)
from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.plugin import NewHost, NothingLive
from harness.target import Party, Target

HOUR = 3600
STREAM_FAILED = {"code": -1, "message": "Internal error", "StatusCode": 500, "duration": "0ms"}
REFUSED = {"code": 17, "message": "not allowed to join the call", "StatusCode": 403, "duration": "0ms"}
GO_LIVE_FAILS: dict[str, Effect] = {
    "a go_live answered by 500": answers(500, STREAM_FAILED),
    "a go_live that the network breaks off": breaks_off,
    "a go_live whose answer is lost": loses_the_answer,
}
JOIN_GIVES_UP = 30.0  # seconds, in which a page has to stop waiting for Stream


@pytest.mark.check("N05")
def test_join_refused_or_never_answered(
    party: Party, new_party: Callable[[], Party], new_host: NewHost, target: Target, nothing_live: NothingLive
) -> None:
    # Two hosts at once: to wait for an answer that never comes takes no time of its own.
    lost = new_party()
    host, waiting = new_host(party), new_host(lost, "host_b")
    with Fault(waiting, asks_stream("join"), Held()) as silence:
        waiting.clicks_go_live()
        for name, effect in bad_tokens(target).items():
            is_refused_and_undone(host, party, Fault(host, asks_token(target), effect, name), nothing_live)
        refusal = Fault(host, asks_stream("join"), answers(403, REFUSED), "a join answered by 403")
        is_refused_and_undone(host, party, refusal, nothing_live)

        silence.bites()
        waiting.is_refused(within=JOIN_GIVES_UP)
        nothing_live(lost, waiting)


@pytest.mark.check("N05")
def test_going_live_fails_after_the_join(
    host: Host, party: Party, viewer: Viewer, off_air: NothingLive
) -> None:
    for name, effect in GO_LIVE_FAILS.items():
        is_refused_and_undone(host, party, Fault(host, asks_stream("go_live"), effect, name), off_air)
    assert host.media_requests(), "expected the devices to have been on, so that their light could go off"
    host.goes_live()
    viewer.sees(host)


def is_refused_and_undone(host: Host, party: Party, fault: Fault, undone: NothingLive) -> None:
    """With this fault the host is told, and it is as before."""
    with fault:
        host.clicks_go_live()
        fault.bites()
        host.is_refused()
        undone(party, host)


def bad_tokens(target: Target) -> dict[str, Effect]:
    """The token endpoint's answer with what Stream must refuse: an old token, a forged one, a wrong key."""
    secret = target.needed("stream_api_secret")
    now = int(time.time())

    def token(user_id: str, key: str, age: int) -> str:
        return jwt.encode({"user_id": user_id, "iat": now - age, "exp": now - age + HOUR}, key, "HS256")

    def expired(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "token": token(answer["userId"], secret, 2 * HOUR)}

    def forged(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "token": token(answer["userId"], secret[::-1], 0)}

    def wrong_key(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "apiKey": "notakeyofstream"}

    return {
        "a token that is over": answers_with(expired),
        "a token of another signature": answers_with(forged),
        "another app's key": answers_with(wrong_key),
    }
