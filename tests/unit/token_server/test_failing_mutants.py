"""The checks of failures can fail: servers that are wrong when Stream, Supabase or a setting is missing."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.config import PACKAGE
from harness.errors import Finding
from harness.target import Session, Target, TokenEndpoint, transport
from tests.contract import test_configuration as configuration
from tests.contract import test_stream_fails as stream_fails
from tests.contract import test_supabase_fails as supabase_fails
from tests.contract.faulty import Faulty
from tests.contract.own_server import own_server, settings_of
from tests.contract.served import served
from tests.contract.stand_in import StandIn
from tests.unit.token_server.system import PAGES, System

RIGHT = "nothing"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> str:
    """Starts a server whose fault is named after it."""
    monkeypatch.chdir(PACKAGE.parent)
    return f"{shlex.quote(sys.executable)} -m tests.unit.token_server.wrong_server"


def wrong(shared: System, command: str, name: str) -> Target:
    """The target of a server like this."""
    return replace(shared.target, token_server_command=f"{command} {shlex.quote(name)}")


def stream_fails_for(target: Target, shared: System, folder: Path, fault: str, on: str = "") -> None:
    """T14's own test on this target."""
    between, party = Faulty(shared.stream_api.base_url), shared.new_party()
    with served(between.app()) as url:
        settings = {**settings_of(target, PAGES), "STREAM_BASE_URL": url}
        with own_server(target, settings, folder / "log") as own:
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
    ("name", "fault", "on", "says"),
    [
        ("calls it an internal error", "500", "", "502 or 503 or 504"),
        ("does not look", "500", stream_fails.GET_OR_CREATE, "502 or 503 or 504"),
        ("leaves a call behind", "500", "/users", "no call on Stream; there is"),
    ],
)
def test_server_that_tells_failing_stream_wrongly_is_found(
    shared: System, command: str, tmp_path: Path, name: str, fault: str, on: str, says: str
) -> None:
    stream_fails_for(wrong(shared, command, RIGHT), shared, tmp_path, fault, on)
    with pytest.raises(AssertionError) as found:
        stream_fails_for(wrong(shared, command, name), shared, tmp_path, fault, on)
    assert says in str(found.value)


def test_server_that_waits_for_ever_is_found(
    shared: System, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIME_LIMIT", 1.0)
    with pytest.raises(Finding, match=r"expected an answer within 12 s .* silent for too long"):
        stream_fails_for(wrong(shared, command, "waits for ever"), shared, tmp_path, "silence")


@pytest.fixture
def stand_in(shared: System) -> Iterator[tuple[StandIn, str]]:
    stand_in = StandIn(shared.target)
    with served(stand_in.app()) as url:
        yield stand_in, url


def test_server_that_blames_the_session_is_found(
    shared: System, command: str, tmp_path: Path, stand_in: tuple[StandIn, str]
) -> None:
    for name in (RIGHT, "blames the session"):
        target = wrong(shared, command, name)
        settings = {**settings_of(target, PAGES), "SUPABASE_URL": stand_in[1]}
        with own_server(target, settings, tmp_path / name) as own:
            project = supabase_fails.Project(*stand_in, own, PAGES)
            if name == RIGHT:
                supabase_fails.test_failing_supabase_is_no_bad_session(project)
            else:
                with pytest.raises(Finding, match="expected: 503"):
                    supabase_fails.test_failing_supabase_is_no_bad_session(project)
            project.close()


@pytest.mark.parametrize("how", ["unset", "empty"])
def test_server_with_defaults_for_what_it_needs_is_found(
    shared: System, command: str, tmp_path: Path, how: str
) -> None:
    check = configuration.test_server_without_one_of_them_does_not_start_and_names_it
    check(wrong(shared, command, RIGHT), PAGES, tmp_path, "STREAM_API_SECRET", how)
    if how == "unset":
        with pytest.raises(AssertionError, match="without STREAM_API_SECRET to end with an error"):
            check(wrong(shared, command, "has defaults"), PAGES, tmp_path, "STREAM_API_SECRET", how)
