"""Many at once: right answers for each, and nothing is left behind."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from getstream import Stream

from tests.unit.local_stream.crowd import crowd
from tests.unit.local_stream.server import (
    API_KEY,
    API_SECRET,
    LocalStream,
    eventually,
    running,
    signed,
)

SOCKETS = 2_000
CALLS = 200
HEALTH_CHECK = json.dumps([{"type": "health.check", "client_id": "x"}])
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def loaded() -> Iterator[LocalStream]:
    """A local Stream of its own, so that what it holds is what is tested."""
    with running() as base_url, httpx.Client(base_url=base_url, timeout=30) as http:
        yield LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)


def test_two_thousand_people_are_connected(loaded: LocalStream) -> None:
    before = health(loaded)
    people = [f"person-{number}" for number in range(SOCKETS)]
    with crowd(loaded.base_url, people) as connected:
        assert len({hello["connection_id"] for _, hello in connected}) == SOCKETS
        assert health(loaded)["connections"] == SOCKETS
        loaded.new_call(people[0], members=[{"user_id": people[7]}, {"user_id": people[SOCKETS - 1]}])
        heard = {}
        for wire, hello in connected:
            wire.send(HEALTH_CHECK)
            heard[hello["me"]["id"]] = wire.hears_next()["type"]
        assert {user_id for user_id, kind in heard.items() if kind != "health.check"} == {
            "person-7",
            f"person-{SOCKETS - 1}",
        }
    eventually(lambda: health(loaded)["connections"] == 0, within=20)
    eventually(lambda: health(loaded)["tasks"] <= before["tasks"], within=20)
    assert health(loaded)["files"] <= before["files"] + 1


def test_two_hundred_calls_at_once(loaded: LocalStream) -> None:
    host = loaded.new_user()
    calls = [f"at-once-{number}" for number in range(CALLS)]
    answers = at_once(loaded, [f"/api/v2/video/call/livestream/{call}" for call in calls], owned_by(host))
    assert [answer["call"]["id"] for answer in answers] == calls
    assert all(answer["created"] for answer in answers)
    joins = at_once(
        loaded, [f"/video/call/livestream/{call}/join" for call in calls], {"location": "LCL"}, user_id=host
    )
    assert [answer["call"]["id"] for answer in joins] == calls
    assert len({answer["credentials"]["token"] for answer in joins}) == CALLS


def test_one_call_by_two_hundred_at_once_is_made_once(loaded: LocalStream) -> None:
    path = "/api/v2/video/call/livestream/one-for-all"
    answers = at_once(loaded, [path] * CALLS, owned_by(loaded.new_user()))
    assert sum(answer["created"] for answer in answers) == 1
    assert len({answer["call"]["created_at"] for answer in answers}) == 1


def test_round_after_round_takes_no_more_memory(loaded: LocalStream) -> None:
    held = []
    for turn in range(5):
        people = [f"{turn}-{number}" for number in range(100)]
        with crowd(loaded.base_url, people):
            paths = [f"/api/v2/video/call/livestream/{person}" for person in people]
            at_once(loaded, paths, owned_by(people[0]))
        eventually(lambda: health(loaded)["connections"] == 0, within=20)
        loaded.http.post("/_control/reset").raise_for_status()
        held.append(health(loaded))
    assert held[-1]["rss_bytes"] - held[1]["rss_bytes"] < 4 * MEBIBYTE, held
    assert held[-1]["tasks"] <= held[1]["tasks"], held


def health(local_stream: LocalStream) -> dict[str, float]:
    """What the local Stream holds."""
    return dict(local_stream.http.get("/_control/health").json())


def owned_by(user_id: str) -> dict[str, Any]:
    """The body of GetOrCreateCall."""
    return {"data": {"created_by_id": user_id}}


def at_once(
    local_stream: LocalStream, paths: list[str], body: dict[str, Any], user_id: str | None = None
) -> list[dict[str, Any]]:
    """The answers to POSTs that are all asked before the first is read."""
    address = urlsplit(local_stream.base_url).netloc
    headers = signed({"user_id": user_id} if user_id else {"server": True})
    with ExitStack() as open_ones:
        connections = [open_ones.enter_context(closing(HTTPConnection(address, timeout=30))) for _ in paths]
        for connection, path in zip(connections, paths, strict=True):
            connection.request("POST", f"{path}?api_key={API_KEY}", json.dumps(body), headers)
        answers = [connection.getresponse() for connection in connections]
        assert {answer.status for answer in answers} == {201}
        return [json.loads(answer.read()) for answer in answers]
