"""The token endpoint fails in every way that a network and a server can: told, and nothing is captured."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from harness.browser.eventually import eventually
from harness.browser.fault import (
    Effect,
    Fault,
    Held,
    answers,
    answers_with,
    asks_token,
    breaks_off,
    names_another_origin,
)
from harness.browser.host import LIVE, Host
from harness.browser.viewer import Viewer
from harness.plugin import NewHost, NothingLive
from harness.target import Party, Target

SLOW = 10.0  # seconds
ODD: dict[str, Effect] = {
    "400": answers(400, {"ok": False, "error": "Missing callId parameter"}),
    "500": answers(500, {"ok": False, "error": "Internal error"}),
    "a page in place of JSON": answers(200, "<!doctype html><title>Not found</title>", "text/html"),
    "ok: false with 200": answers(200, {"ok": False, "error": "TOKEN_ERROR"}),
    "kept back by CORS": names_another_origin,
    "for another call": answers_with(
        lambda answer: {**answer, "callId": "11111111-1111-4111-8111-111111111111"}
    ),
    "for another user": answers_with(
        lambda answer: {**answer, "userId": "22222222-2222-4222-8222-222222222222"}
    ),
}


@pytest.mark.check("N03")
def test_network_error_is_told_as_failed_authentication(
    host: Host, party: Party, viewer: Viewer, target: Target, nothing_live: NothingLive
) -> None:
    with Fault(host, asks_token(target), breaks_off) as fault:
        host.clicks_go_live()
        fault.bites()
        host.is_refused("/(?i)authentication failed/")
        captures_nothing(host, "a network error")
        nothing_live(party, host)

    host.goes_live()
    viewer.sees(host)


@pytest.mark.check("N04")
def test_odd_answers_are_told_and_a_slow_one_is_waited_for(
    party: Party, new_party: Callable[[], Party], new_host: NewHost, target: Target, nothing_live: NothingLive
) -> None:
    # Two hosts at once: the slow answer of one takes no time of its own.
    host, patient = new_host(party), new_host(new_party(), "host_b")
    slow = Held()
    with Fault(patient, asks_token(target), slow) as delay:
        patient.clicks_go_live()
        delay.bites()
        asked = time.monotonic()

        def not_too_late() -> None:
            """A page may give up a little after it."""
            if slow.holds and too_early(patient, asked) is None:
                slow.let_go()

        for what, effect in ODD.items():
            with Fault(host, asks_token(target), effect, f"an answer that is {what}") as fault:
                host.clicks_go_live()
                not_too_late()
                fault.bites()
                host.is_refused()
                not_too_late()
                captures_nothing(host, what)
                nothing_live(party, host)
                not_too_late()

        if slow.holds:
            eventually(lambda: too_early(patient, asked), within=SLOW)
            slow.let_go()
    patient.reads_status(LIVE)


def too_early(host: Host, asked: float) -> str | None:
    """Why the slow answer may not come yet."""
    assert host.error is None, f"expected a host who waits for a slow answer, the page says {host.error!r}"
    captures_nothing(host, "no answer yet")
    waited = time.monotonic() - asked
    return None if waited >= SLOW else f"the answer is {SLOW - waited:.1f} s away"


def captures_nothing(host: Host, what: str) -> None:
    """The page has asked for no device."""
    asked = [str(request) for request in host.media_requests()]
    assert asked == [], f"expected no capture after {what}, came {', '.join(asked)}"
