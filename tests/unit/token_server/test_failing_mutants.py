"""The checks of failures can fail: servers that are wrong when Stream, Supabase or a setting is missing."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harness.config import PACKAGE, TokenServerSettings
from harness.errors import Finding
from harness.target import Session, Target, TokenEndpoint, transport
from harness.token_server import supabase
from harness.token_server.app import PATH, create_app
from harness.token_server.stream import StreamVideo
from tests.contract import test_configuration as configuration
from tests.contract import test_stream_fails as stream_fails
from tests.contract import test_supabase_fails as supabase_fails
from tests.contract.faulty import Faulty
from tests.contract.own_server import settings_of
from tests.contract.served import served
from tests.contract.stand_in import StandIn
from tests.unit.token_server.system import PAGES, System
from tests.unit.token_server.wrong_when_others_fail import Crashes, HalfMade, Hopeful, blame_the_session


@contextmanager
def another(shared: System, client: type[StreamVideo] = StreamVideo, **settings: str) -> Iterator[Target]:
    """The target with a token server of its own, in this process: in another, imports take seconds."""
    told = TokenServerSettings.model_validate({**settings_of(shared.target, PAGES), **settings})
    with served(create_app(told, client(told))) as url:
        yield replace(shared.target, token_url=url + PATH)


def stream_fails_for(client: type[StreamVideo], shared: System, fault: str, on: str = "") -> None:
    """T14's own test on a server with this Stream client."""
    between, party = Faulty(shared.stream_api.base_url), shared.new_party()
    with served(between.app()) as url, another(shared, client, STREAM_BASE_URL=url) as own:
        endpoint = TokenEndpoint(own)
        stream_fails.test_failure_is_told_and_nothing_is_half_made(
            (between, url),
            endpoint,
            shared.stream_api,
            PAGES,
            party,
            Session(shared.session(party.host), "", party.host.id),
            fault,
            on,
        )
        endpoint.close()


@pytest.mark.parametrize(
    ("client", "fault", "on", "says"),
    [
        (Crashes, "500", "", "502 or 503 or 504"),
        (Hopeful, "500", stream_fails.GET_OR_CREATE, "502 or 503 or 504"),
        (HalfMade, "500", "/users", "no call on Stream; there is"),
    ],
)
def test_server_that_tells_failing_stream_wrongly_is_found(
    shared: System, client: type[StreamVideo], fault: str, on: str, says: str
) -> None:
    stream_fails_for(StreamVideo, shared, fault, on)
    with pytest.raises(AssertionError) as found:
        stream_fails_for(client, shared, fault, on)
    assert says in str(found.value)


def test_server_that_waits_for_ever_is_found(shared: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """As those of this folder do: their limits are a machine's that is busy."""
    monkeypatch.setattr(transport, "TIME_LIMIT", 1.0)
    with pytest.raises(Finding, match=r"expected an answer within 12 s .* silent for too long"):
        stream_fails_for(StreamVideo, shared, "silence")


def test_server_that_blames_the_session_is_found(shared: System, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = StandIn(shared.target)
    check = supabase_fails.test_failing_supabase_is_no_bad_session
    with served(stand_in.app()) as url, another(shared, SUPABASE_URL=url) as own:
        project = supabase_fails.Project(stand_in, url, own, PAGES)
        check(project)
        project.close()
    monkeypatch.setattr(supabase, "unavailable", blame_the_session)
    with served(stand_in.app()) as url, another(shared, SUPABASE_URL=url) as own:
        project = supabase_fails.Project(stand_in, url, own, PAGES)
        with pytest.raises(Finding, match="expected: 503"):
            check(project)
        project.close()


def test_server_with_defaults_for_what_it_needs_is_found(
    shared: System, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(PACKAGE.parent)
    command = f"{shlex.quote(sys.executable)} -m tests.unit.token_server.server_with_defaults"
    wrong = replace(shared.target, token_server_command=command)
    check = configuration.test_server_without_one_of_them_does_not_start_and_names_it
    with pytest.raises(AssertionError, match=r"without STREAM_API_SECRET to end with an error.* still ran"):
        check(wrong, PAGES, tmp_path, "STREAM_API_SECRET", "unset")
