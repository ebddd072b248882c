"""Stream as it fails: told in the one shape, readable for the page, tried once more where that may help."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from harness.config import TokenServerSettings
from harness.serving import LOOPBACK, bind
from harness.target import Answer, Party, contract
from harness.token_server import connections, second_try
from harness.token_server.app import create_app
from tests.contract.served import Broken
from tests.unit.own_loop import in_loop_of_its_own
from tests.unit.token_server.system import PAGES, System, running

AT_ONCE = 50


@pytest.fixture
def party(shared: System) -> Party:
    return shared.new_party()


def failure(status: int, **headers: str) -> Response:
    """An error as Stream words it."""
    body = {"code": 9, "message": "quotes a name", "StatusCode": status, "duration": "0ms"}
    return JSONResponse({**body, "more_info": "", "details": []}, status, headers)


def ask(system: System, party: Party) -> Answer:
    return system.endpoint.ask(system.session(party.host), {"callId": party.id}, origin=PAGES)


def asked_with(system: System, party: Party, *instead: Response) -> tuple[Answer, list[str]]:
    """The answer when Stream gives these in place of its own, and which paths Stream was asked for."""
    system.small_stream.instead, before = [*instead], len(system.small_stream.requests)
    answer = ask(system, party)
    system.small_stream.instead = []
    return answer, [path.rpartition("/")[2] for _, path, _ in system.small_stream.requests[before:]]


@pytest.mark.parametrize(("status", "told"), [(500, 502), (503, 502), (401, 502), (400, 502), (429, 503)])
def test_failing_stream_is_told_in_the_same_shape(
    shared: System, party: Party, monkeypatch: pytest.MonkeyPatch, status: int, told: int
) -> None:
    monkeypatch.setattr(shared.small_stream, "failure", status)
    answer = ask(shared, party)
    contract.refused(answer, told, "Stream is unavailable")
    contract.readable_from(answer, PAGES)
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize(
    "garbage",
    [
        Response("<html>", 201),
        Response("", 201),
        Response("[" * 9999, 201),
        Response(b"\xff\xfe", 201),
        Response("x", 201, {"content-encoding": "gzip"}),
        JSONResponse({}, 201),
        JSONResponse([], 201),
        JSONResponse(None, 201),
        JSONResponse({"users": 5, "call": 5}, 201),
        JSONResponse({"users": {}, "call": {}}, 201),
        Response("<html>", 404),
        Response("", 302, {"location": "/elsewhere"}),
        Response("<html>", 429, {"retry-after": "9" * 30}),
        JSONResponse({"code": "x", "message": []}, 400),
    ],
    ids=lambda garbage: f"{garbage.status_code} {bytes(garbage.body)[:30]!r}",
)
@pytest.mark.parametrize("step", ["user", "call"])
def test_garbage_is_no_answer(
    shared: System, party: Party, monkeypatch: pytest.MonkeyPatch, step: str, garbage: Response
) -> None:
    path = {"user": "/api/v2/users", "call": f"/api/v2/video/call/livestream/{party.id}"}[step]
    monkeypatch.setitem(shared.small_stream.always, path, garbage)
    answer = ask(shared, party)
    contract.refused(answer, 502, "Stream is unavailable")
    contract.readable_from(answer, PAGES)


def test_refused_connection_is_a_503(tmp_path: Path) -> None:
    with bind() as listener:
        nowhere = f"http://{LOOPBACK}:{listener.getsockname()[1]}"

    def far_from_stream(settings: TokenServerSettings) -> ASGIApp:
        return create_app(settings.model_copy(update={"stream_base_url": nowhere}))

    with running(tmp_path / "log", far_from_stream) as system:
        answer = ask(system, system.new_party())
        contract.refused(answer, 503, "Stream is unavailable")
        contract.readable_from(answer, PAGES)


def test_silent_stream_is_given_up_and_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "TIME_LIMIT", 0.2)
    with running(tmp_path / "log") as system:
        party, system.small_stream.silent = system.new_party(), True
        answer = ask(system, party)
        contract.refused(answer, 504, "Stream is unavailable")
        contract.readable_from(answer, PAGES)
        assert len(system.small_stream.requests) == 1


@pytest.mark.parametrize(
    ("given", "passed_on"), [("30", "30"), ("0", "0"), ("Fri, 01 Jan 2016 00:00:00 GMT", "0"), ("soon", None)]
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_passed_on(
    shared: System, party: Party, status: int, given: str, passed_on: str | None
) -> None:
    answer, _ = asked_with(shared, party, *[failure(status, **{"retry-after": given})] * 2)
    contract.refused(answer, {429: 503, 503: 502}[status], "Stream is unavailable")
    assert answer.headers.get("retry-after") == passed_on
    assert "retry-after" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "first",
    [lambda: failure(500), lambda: failure(503), Broken, lambda: failure(429, **{"retry-after": "0"})],
    ids=["500", "503", "broken", "429 with a time"],
)
def test_passing_failure_is_overcome(shared: System, party: Party, first: Callable[[], Response]) -> None:
    answer, asked = asked_with(shared, party, first())
    contract.granted(answer, shared.target, party, party.host)
    assert asked == ["users", "users", party.id]


@pytest.mark.parametrize(
    "first",
    [
        lambda: failure(400),
        lambda: failure(401),
        lambda: failure(429),
        lambda: failure(429, **{"retry-after": "2"}),
        lambda: failure(503, **{"retry-after": "60"}),
        lambda: Response("<html>", 201),
    ],
    ids=["400", "401", "429", "429 later", "503 later", "garbage"],
)
def test_lasting_failure_is_not_tried_again(
    shared: System, party: Party, first: Callable[[], Response]
) -> None:
    answer, asked = asked_with(shared, party, first())
    assert answer.status in (502, 503), answer.shown
    assert asked == ["users"]


def test_request_has_one_second_try_for_all_its_steps(shared: System, party: Party) -> None:
    user = JSONResponse({"users": {party.host.id: {"id": party.host.id}}, "duration": "0ms"}, 201)
    answer, asked = asked_with(shared, party, failure(500), user, failure(500))
    contract.refused(answer, 502, "Stream is unavailable")
    assert asked == ["users", "users", party.id]


def test_second_try_needs_time(shared: System, party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_try, "NEEDED", 3600.0)
    answer, asked = asked_with(shared, party, failure(500))
    contract.refused(answer, 502, "Stream is unavailable")
    assert asked == ["users"]


def test_pause_counts_as_time_and_has_a_limit() -> None:
    async def tries() -> list[bool]:
        now = asyncio.get_running_loop().time()
        granted = []
        for left, pause in [(second_try.NEEDED, 0.1), (3600, second_try.LONGEST_PAUSE + 0.1), (3600, 0)]:
            second_try.allow_one(until=now + left)
            granted.append(await second_try.granted(pause))
        return [*granted, await second_try.granted(0)]

    assert in_loop_of_its_own(tries) == [False, False, True, False]


def test_log_of_a_failure_does_not_quote_stream(shared: System, party: Party) -> None:
    asked_with(shared, party, failure(400))
    assert shared.target.token_server_log is not None
    log = shared.target.token_server_log.read_text()
    assert "Stream gave 400, code 9" in log
    assert "quotes a name" not in log


def test_many_at_once_make_one_call(shared: System, party: Party) -> None:
    session = shared.session(party.host)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: shared.endpoint.ask(session, {"callId": party.id}), range(AT_ONCE)))
    for answer in answers:
        contract.granted(answer, shared.target, party, party.host)
    made = [call for call in shared.small_stream.calls if party.id in call]
    assert made == [f"livestream:{party.id}"]
