"""When Stream fails, the page is told so: in time, readably, and with nothing half made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import NotGiven
from harness.serving import LOOPBACK
from harness.target import Answer, Party, Session, StreamApi, Target, TokenEndpoint, contract

from .faulty import FAULTS, Faulty
from .own_server import ANSWERS_WITHIN, answer_of, free_port, own_server, settings_of
from .served import served

pytestmark = pytest.mark.check("T14")
GET_OR_CREATE = "/video/call/"
CASES = [(fault, "") for fault in FAULTS] + [("500", GET_OR_CREATE)]


@pytest.fixture(scope="module")
def faulty(target: Target) -> Iterator[tuple[Faulty, str]]:
    """What stands between the token server and Stream, and its address."""
    between = Faulty(StreamApi(target).base_url)
    with served(between.app()) as url:
        yield between, url


@pytest.fixture(scope="module")
def endpoint(
    target: Target,
    page_origin: str,
    faulty: tuple[Faulty, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TokenEndpoint]:
    """A token server whose Stream is the one that fails on demand."""
    settings = {**settings_of(target, page_origin), "STREAM_BASE_URL": faulty[1]}
    with own_server(target, settings, tmp_path_factory.mktemp("faulty") / "log") as own:
        endpoint = TokenEndpoint(own)
        yield endpoint
        endpoint.close()


def expect_unavailable(answer: Answer, origin: str, case: str) -> None:
    """The one shape of an error, readable for the page, in time."""
    contract.unavailable(answer, {502, 503, 504}, ANSWERS_WITHIN, case)
    contract.readable_from(answer, origin)


@pytest.mark.parametrize(("fault", "on"), CASES, ids=[f"{fault} {on}".strip() for fault, on in CASES])
def test_failure_is_told_and_nothing_is_half_made(
    faulty: tuple[Faulty, str],
    endpoint: TokenEndpoint,
    stream_api: StreamApi,
    page_origin: str,
    party: Party,
    host_session: Session,
    fault: str,
    on: str,
) -> None:
    between, asked = faulty[0], {"callType": "livestream", "callId": party.id}
    between.fault, between.on, between.bitten = fault, on, 0
    try:
        answer = answer_of(endpoint, host_session.access_token, asked, page_origin)
        if not between.bitten:
            raise NotGiven("needs a HARNESS_TOKEN_SERVER_COMMAND whose server asks STREAM_BASE_URL")
        expect_unavailable(answer, page_origin, f"Stream answers {on or 'all'} with {fault}")
        made = stream_api.call("livestream", party.id)
        assert made is None, answer.story(f"no call on Stream; there is {made}")
    finally:
        between.fault = None
    # It was Stream that was missing, and nothing else: with Stream back, the same request is granted.
    contract.granted(endpoint.ask(host_session.access_token, asked), endpoint.target, party, party.host)


def test_stream_that_is_gone_is_told(
    target: Target, page_origin: str, party: Party, host_session: Session, tmp_path: Path
) -> None:
    with free_port() as closed:
        nowhere = f"http://{LOOPBACK}:{closed.getsockname()[1]}"
        settings = {**settings_of(target, page_origin), "STREAM_BASE_URL": nowhere}
        with own_server(target, settings, tmp_path / "log") as own:
            endpoint = TokenEndpoint(own)
            asked = {"callType": "livestream", "callId": party.id}
            answer = answer_of(endpoint, host_session.access_token, asked, page_origin)
            endpoint.close()
    expect_unavailable(answer, page_origin, "nobody listens where Stream should be")
