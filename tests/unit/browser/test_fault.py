"""Faults of one page's requests: each befalls what it is for, is counted, and must bite to prove anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

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
from harness.browser.host import LIVE, Host
from harness.errors import Finding, HarnessError
from harness.target import Party, Person, Target
from harness.trace.events import RunLog

PARTY = "5f0c3c2e-7c3a-4a1e-9b5e-0d5b1c1f7a01"
TAKES_BACK = (
    "addEventListener('click', () => { document.querySelector('[role=alert]').textContent = '' }, true)"
)
ACCOUNT = Person("host-id", "host@example.com", "right", "Host")


@pytest.fixture
def host(new_window: Callable[..., BrowserContext], target: Target, run_log: RunLog) -> Host:
    host = Host(new_window("no_devices"), "host", ACCOUNT, target, run_log)
    return host.comes_to(Party(PARTY, ACCOUNT, "A party"))


@pytest.mark.parametrize(
    ("effect", "outcome"),
    [
        (answers(500, {"ok": False, "error": "broken"}), "500"),
        (answers_with(lambda answer: {**answer, "ok": False, "error": "changed"}), "200"),
        (breaks_off, "net::ERR_CONNECTION_RESET"),
        (loses_the_answer, "net::ERR_CONNECTION_RESET"),
    ],
    ids=["answered", "changed", "broken off", "answer lost"],
)
def test_a_token_request_meets_its_fault(host: Host, target: Target, effect: Effect, outcome: str) -> None:
    with Fault(host, asks_token(target), effect) as fault:
        host.clicks_go_live()
        fault.bites()
        (asked,) = [one for one in host.recorder.exchanges if one.method == "POST"]
    assert outcome in str(asked)
    assert fault.hits == 1
    assert host.recorder.operations("join") == []


def test_what_is_found_meanwhile_names_the_fault(host: Host, target: Target) -> None:
    def meet() -> None:
        with Fault(host, asks_token(target), answers(500, {}), "a token request answered by 500") as fault:
            host.clicks_go_live()
            fault.bites()
            raise Finding("the page is blank")

    with pytest.raises(Finding, match="With a token request answered by 500: the page is blank"):
        meet()


def test_an_old_error_that_stays_is_no_new_one(host: Host, target: Target) -> None:
    def meet() -> None:
        with Fault(host, asks_token(target), answers(500, {"ok": False, "error": "broken"})) as fault:
            host.clicks_go_live()
            fault.bites()
            host.is_refused()

    meet()
    with pytest.raises(
        Finding, match=r"Expected an old error to be taken back: .* showing 'Stream auth failed"
    ):
        meet()
    host.page.evaluate(TAKES_BACK)
    meet()


def test_what_waits_goes_on_when_it_is_let_go(host: Host, target: Target) -> None:
    held = Held()
    with Fault(host, asks_token(target), held) as fault:
        host.clicks_go_live()
        fault.bites()
        assert not host.reads(LIVE)
        held.let_go()
        host.reads_status(LIVE)


def test_only_what_it_is_for_is_met(host: Host) -> None:
    with Fault(host, asks_stream("go_live"), answers(500, {})) as fault:
        host.clicks_go_live()
        fault.bites()
        assert [one.status for one in host.recorder.operations("join")] == [200]
        assert [one.status for one in host.recorder.operations("go_live")] == [500]


def test_a_fault_that_nothing_met_is_an_error_and_no_pass(host: Host) -> None:
    fault = Fault(host, asks_stream("stop_live"), breaks_off)
    with pytest.raises(HarnessError, match="no request did: what was checked says nothing"), fault:
        host.goes_live()


def test_a_refused_host_must_be_told_a_sentence(host: Host, target: Target) -> None:
    error = {"ok": False, "error": "undefined"}
    with Fault(host, asks_token(target), answers(500, error)) as fault:
        host.clicks_go_live()
        fault.bites()
        with pytest.raises(Finding, match="was to be told a sentence for people"):
            host.is_refused()


def test_a_host_who_was_to_be_refused_and_is_live_is_found(host: Host) -> None:
    host.goes_live()
    with pytest.raises(Finding, match="was to be refused, but the page says that it is live"):
        host.is_refused()
