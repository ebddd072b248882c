"""A second token while the call is live: for the same user and call, and nothing on Stream has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from getstream import Stream
from pydantic import SecretStr
from starlette.types import ASGIApp

from harness.config import TokenServerSettings
from harness.target import Answer, Party, Person
from harness.token_server.app import create_app
from harness.token_server.stream import StreamVideo
from tests.unit.local_stream import server as local
from tests.unit.local_stream.server import LocalStream
from tests.unit.token_server.system import System, running

LASTING = ("id", "created_at", "created_by", "backstage", "starts_at", "ended_at", "settings", "session")


def claims(answer: Answer, user: Person) -> dict[str, Any]:
    """What the granted token says, which is signed by the local Stream's secret."""
    assert answer.status == 200, answer.shown
    found: dict[str, Any] = jwt.decode(answer.token, local.API_SECRET, algorithms=["HS256"])
    assert found["user_id"] == user.id
    return found


def call_on(stream: LocalStream, party: Party) -> dict[str, Any]:
    """What lasts of the call, and its members."""
    answer = stream.as_server("GET", f"/api/v2/video/call/livestream/{party.id}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return {**{name: found["call"].get(name) for name in LASTING}, "members": found["members"]}


def go_live(stream: LocalStream, party: Party) -> None:
    answer = stream.as_user(party.host_id, "POST", f"/api/v2/video/call/livestream/{party.id}/go_live", {})
    assert answer.status_code in (200, 201), answer.text


def ask(system: System, party: Party, person: Person) -> Answer:
    return system.endpoint.ask(system.session(person), {"callType": "livestream", "callId": party.id})


class StopsTheShow(StreamVideo):
    """Sends a live call back to the backstage with each token."""

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        created = await super().ensure_call(call_type, call_id, owner_id)
        await self._client.video.call(call_type, call_id).stop_live()
        return created


@pytest.fixture(scope="module")
def stream() -> Iterator[LocalStream]:
    with local.running() as base_url, httpx.Client(base_url=base_url, timeout=30) as http:
        yield LocalStream(base_url, Stream(local.API_KEY, local.API_SECRET, base_url=base_url), http)


@contextmanager
def on(stream: LocalStream, log: Path, kind: type[StreamVideo] = StreamVideo) -> Iterator[System]:
    """The token server before the local Stream."""

    def make_app(settings: TokenServerSettings) -> ASGIApp:
        there = {
            "stream_api_key": local.API_KEY,
            "stream_api_secret": SecretStr(local.API_SECRET),
            "stream_base_url": stream.base_url,
        }
        settings = settings.model_copy(update=there)
        return create_app(settings, kind(settings))

    with running(log, make_app) as system:
        yield system


def renew_while_live(system: System, stream: LocalStream) -> None:
    party, viewer = system.new_party(), system.new_person()
    first = claims(ask(system, party, party.host), party.host)
    assert call_on(stream, party)["backstage"] is True
    go_live(stream, party)
    live = call_on(stream, party)
    assert (live["backstage"], live["created_by"]["id"]) == (False, party.host_id)
    for person in (party.host, viewer, viewer):
        renewed = claims(ask(system, party, person), person)
        assert renewed["iat"] >= first["iat"]
        assert renewed["exp"] - renewed["iat"] == first["exp"] - first["iat"]
        assert call_on(stream, party) == live, "expected the call as it was"


def test_renewal_changes_nothing_on_stream(stream: LocalStream, tmp_path: Path) -> None:
    with on(stream, tmp_path / "log") as system:
        renew_while_live(system, stream)


def test_renewal_that_changes_something_is_found(stream: LocalStream, tmp_path: Path) -> None:
    with (
        on(stream, tmp_path / "log", StopsTheShow) as system,
        pytest.raises(AssertionError, match="expected the call as it was"),
    ):
        renew_while_live(system, stream)
