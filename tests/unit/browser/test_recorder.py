"""What a page sends, gets and says is written down, with every place that saw the callId, and no secret."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from harness.browser.eventually import eventually
from harness.browser.recorder import Recorder, Role
from harness.browser.steps import Step, in_expected_order, steps_of
from harness.target import Target
from harness.trace.events import RunLog, read
from harness.trace.sightings import Ledger
from tests.unit.browser.small_app import OTHER, PARTY, TOKEN

Recorded = tuple[Page, Recorder]
ALL = {
    "host": [
        "host page",
        "host token request",
        "host token answer",
        "host join",
        "host SFU join",
        "go live",
        "Stream event",
    ],
    "viewer": [
        "viewer page",
        "viewer token request",
        "viewer token answer",
        "viewer join",
        "viewer SFU join",
    ],
}


@pytest.fixture
def record(
    new_window: Callable[..., BrowserContext], target: Target, run_log: RunLog
) -> Callable[..., Recorded]:
    """Opens a party's page with a recorder and clicks Go live."""

    def make(role: Role = "host", party: str = PARTY) -> Recorded:
        page = new_window("no_devices").new_page()
        recorder = Recorder(page, role, role, run_log, target.token_url)
        recorder.journey = party
        page.goto(f"{target.pages_url}/party/{party}/host")
        page.get_by_role("button", name="Go live").click()
        return page, recorder

    return make


def until_live(recorded: Recorded) -> Recorder:
    page, recorder = recorded

    def why_not_yet() -> str | None:
        status = page.get_by_role("status").text_content()
        events = [one for one in recorder.sightings if one.where == "Stream event"]
        return (
            None if status == "You are live" and events else f"The page says {status}, {len(events)} events."
        )

    eventually(why_not_yet, within=30)
    return recorder


def asks(page: Page, path: str) -> None:
    """The page asks for it, and Playwright knows."""
    with page.expect_request(lambda request: request.url.endswith(path)):
        page.evaluate("path => void fetch(path, { keepalive: true })", path)


@pytest.mark.parametrize("role", ["host", "viewer"])
def test_every_place_that_saw_the_call_is_in_the_ledger(
    record: Callable[..., Recorded], run_log: RunLog, role: Role
) -> None:
    until_live(record(role))
    ledger = Ledger.of(read(run_log.path), journey=PARTY)
    assert ledger.missing(ALL[role]) == []
    assert ledger.divergence() is None
    assert ledger.values() == {PARTY, f"livestream:{PARTY}"}


def test_the_first_place_where_the_id_is_another_one_is_found(
    record: Callable[..., Recorded], run_log: RunLog
) -> None:
    until_live(record(party=OTHER))
    parts = Ledger.of(read(run_log.path), journey=OTHER).divergence()
    assert parts is not None
    assert (parts.at.where, parts.at.call_id) == ("host token answer", PARTY)
    assert (parts.before.where, parts.before.call_id) == ("host token request", OTHER)


def test_a_row_that_names_another_call_is_found_but_not_those_of_other_parties(
    record: Callable[..., Recorded],
) -> None:
    page, recorder = record()
    until_live((page, recorder))
    page.route(
        "**/rest/v1/parties?*", lambda route: route.fulfill(json=[{"id": PARTY, "stream_app_id": OTHER}])
    )
    for others in ("", f"&id=neq.{PARTY}", f"&id=in.({PARTY},{OTHER})", f"&id=eq.{OTHER}"):
        asks(page, f"/rest/v1/parties?select=id,stream_app_id{others}")
    assert OTHER not in [one.call_id for one in recorder.sightings]
    asks(page, f"/rest/v1/parties?select=id,stream_app_id&id=eq.{PARTY}")
    assert [(one.where, one.call_id) for one in recorder.sightings][-1] == ("party row", OTHER)


def test_the_sfu_names_the_call_of_those_who_come(record: Callable[..., Recorded]) -> None:
    recorder = until_live(record())

    def named() -> list[str]:
        return [one.value for one in recorder.sightings if "participant_joined" in one.evidence]

    eventually(lambda: None if named() else "The SFU told of nobody.", within=15)
    assert named() == [f"livestream:{PARTY}"]


def test_the_steps_of_going_live_are_seen_in_their_order(
    record: Callable[..., Recorded], target: Target
) -> None:
    recorder = until_live(record())
    steps = steps_of(recorder, [], target)
    assert [step.name for step in steps] == ["token", "client", "join", "go live", "party row"]
    assert steps[2].detail == "create: false"


def test_exchanges_keep_what_checks_ask_for(record: Callable[..., Recorded]) -> None:
    recorder = until_live(record())
    (token,) = (one for one in recorder.exchanges if one.url.endswith("stream-video-token"))
    assert token.body == {"callType": "livestream", "callId": PARTY}
    assert token.answer["callId"] == PARTY
    assert token.is_ok
    assert recorder.token_requests == 1
    (join,) = recorder.operations("join")
    assert (join.status, join.failure) == (200, None)


def test_a_refused_token_is_red_in_the_timeline(record: Callable[..., Recorded], run_log: RunLog) -> None:
    page, recorder = record(party="refused")
    page.get_by_role("alert").get_by_text("Stream auth failed (Invalid auth)").wait_for()
    assert len(recorder.exchanges) == 1
    (request,) = (event for event in read(run_log.path) if "stream-video-token" in event.get("text", ""))
    assert request["level"] == "error"
    assert "-> 401" in request["text"]


def test_a_request_that_fails_is_told_in_the_browsers_words(
    new_window: Callable[..., BrowserContext],
    target: Target,
    run_log: RunLog,
) -> None:
    page = new_window("no_devices").new_page()
    recorder = Recorder(page, "host", "host", run_log, target.token_url)
    page.goto(f"{target.pages_url}/party/{PARTY}/host")
    page.route("**/stream-video-token", lambda route: route.abort("connectionrefused"))
    page.get_by_role("button", name="Go live").click()
    eventually(lambda: None if recorder.exchanges else "No request is over.", within=30)
    (token,) = recorder.exchanges
    assert (token.status, token.failure) == (None, "net::ERR_CONNECTION_REFUSED")
    assert [one.where for one in recorder.sightings if "token" in one.where] == ["host token request"]


def test_a_request_that_never_ends_is_waited_for_once(
    record: Callable[..., Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    page, recorder = record()
    until_live((page, recorder))
    page.route("**/for-ever", lambda _: None)
    monkeypatch.setattr("harness.browser.recorder.SETTLES", 0.2)
    asks(page, "/for-ever")
    assert recorder.exchanges
    monkeypatch.setattr("harness.browser.recorder.SETTLES", 30.0)
    began = time.monotonic()
    assert "/for-ever" not in [one.path for one in recorder.exchanges]
    # One that is asked now is waited for.
    asks(page, "/party/another")
    assert "/party/another" in [one.path for one in recorder.exchanges]
    assert time.monotonic() - began < 30.0, "expected no other wait for what never ends"


def test_what_a_page_asked_before_it_left_is_not_waited_for(
    record: Callable[..., Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    page, recorder = record()
    until_live((page, recorder))
    page.route("**/for-ever", lambda _: None)
    asks(page, "/for-ever")
    monkeypatch.setattr("harness.browser.recorder.SETTLES", 30.0)
    began = time.monotonic()
    page.reload()
    assert recorder.exchanges
    assert time.monotonic() - began < 30.0, "expected no wait for a document that is gone"


def test_no_token_reaches_the_run_log(record: Callable[..., Recorded], run_log: RunLog) -> None:
    until_live(record())
    text = run_log.path.read_text()
    assert TOKEN not in text
    assert "eyJ" not in text
    assert "token=" not in text


def test_console_and_errors_of_the_page_are_events(
    new_window: Callable[..., BrowserContext], target: Target, run_log: RunLog
) -> None:
    page = new_window("no_devices").new_page()
    Recorder(page, "viewer", "viewer", run_log, target.token_url)
    page.goto(f"{target.pages_url}/party/{PARTY}")
    page.evaluate("() => { console.log('chatter'); console.error('broken') }")
    page.evaluate("() => { setTimeout(() => { throw Error('thrown') }) }")

    def said() -> dict[tuple[str, str | None], str | None]:
        page.evaluate("0")
        return {(event["what"], event.get("text")): event.get("level") for event in read(run_log.path)}

    eventually(lambda: None if ("error", "thrown") in said() else "Nothing was thrown.", within=30)
    assert said()["console", "broken"] == "error"
    assert said()["error", "thrown"] == "error"
    assert ("console", "chatter") not in said()
    assert ("page", f"opens {target.pages_url}/party/{PARTY}") in said()


def test_times_are_the_browsers_and_in_order(record: Callable[..., Recorded], run_log: RunLog) -> None:
    until_live(record())
    places: list[str] = [one.where for one in Ledger.of(read(run_log.path), journey=PARTY).in_order()]
    order = [places.index(place) for place in ALL["host"][:4]]
    assert order == sorted(order)


def test_a_device_that_is_asked_for_again_is_one_step() -> None:
    def names(*steps: str) -> list[str]:
        return in_expected_order([Step(t, name, "") for t, name in enumerate(steps)])

    live = ["token", "client", "join", "camera", "microphone", "go live"]
    assert names("token", "client", "join", "microphone", "camera", "microphone", "go live") == live
    assert names(*live) == live
    assert names("token", "client", "camera", "join", "microphone", "go live") != live
    assert names(*live, "microphone") == live
    assert names("token", "client", "join", "camera", "go live", "microphone") != live
    assert names("token", "token", *live[1:]) == ["token", "token", *live[1:]]
