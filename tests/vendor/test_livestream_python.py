"""The life of a livestream through the vendor's Python SDK, sync and async: who may what, what is heard."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from getstream import AsyncStream, Stream
from getstream.exceptions import StreamApiException
from getstream.models import BackstageSettingsRequest, CallRequest, CallSettingsRequest, MemberRequest
from getstream.video.async_client import VideoClient as AsyncVideoClient
from getstream.video.client import VideoClient

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.server import API_KEY, API_SECRET, LocalStream, token

STORY = json.loads(Path(__file__).with_name("scenarios").joinpath("livestream.json").read_text())
PEOPLE = ("owner", "host", "moderator", "member", "stranger", "watcher")
HOUR = 3600
NOT_ALLOWED = 17
# Takes a person and something to do with that person's client; what comes is the SDK's answer.
As = Callable[[str, Callable[[Any], Any]], Any]


@pytest.fixture
def local_stream(base_url: str) -> Iterator[LocalStream]:
    with httpx.Client(base_url=base_url, timeout=10) as http:
        yield LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)


@pytest.fixture(params=["sync", "async"])
def as_person(request: pytest.FixtureRequest, base_url: str) -> Iterator[As]:
    """Asks with the token of a person."""
    if request.param == "sync":
        server: Any = Stream(API_KEY, API_SECRET, base_url=base_url)
        yield lambda person, do: do(client(VideoClient, person, base_url, server))
        return
    with start_blocking_portal() as portal:
        server = AsyncStream(API_KEY, API_SECRET, base_url=base_url)

        async def ask(person: str, do: Callable[[Any], Any]) -> object:
            return await do(client(AsyncVideoClient, person, base_url, server))

        yield lambda person, do: portal.call(ask, person, do)


def client(kind: Any, person: str, base_url: str, server: Any) -> Any:  # noqa: ANN401 - of an SDK without types
    """The SDK's client with that person's own token."""
    return kind(
        api_key=API_KEY, base_url=base_url, token=token({"user_id": person}), timeout=10.0, stream=server
    )


def test_a_livestream_goes_as_the_story_has_it(local_stream: LocalStream, as_person: As) -> None:
    for person in PEOPLE:
        local_stream.as_server("POST", "/api/v2/users", {"users": {person: {"id": person}}})
    call_id = f"party-{uuid.uuid4()}"
    members = [MemberRequest(**member) for member in STORY["members"]]
    as_person(
        "owner",
        lambda video: video.call("livestream", call_id).get_or_create(data=CallRequest(members=members)),
    )
    with connected(local_stream, "watcher") as watcher:
        watcher.asks("GET", f"/call/livestream/{call_id}")
        for step in STORY["steps"]:
            assert played(as_person, call_id, step) == step
        heard = [[event["type"], event["call"]["backstage"]] for event in watcher.heard_before_echo()]
    assert heard == STORY["heard"]


def played(as_person: As, call_id: str, step: dict[str, Any]) -> dict[str, Any]:
    """What became of a step: whether it was refused, and how the call stands."""
    outcome = {"who": step["who"], "does": step["does"]}
    try:
        as_person(step["who"], lambda video: DOES[step["does"]](video.call("livestream", call_id)))
    except StreamApiException as error:
        outcome["refused"] = error.code == NOT_ALLOWED or error.message
    state = as_person("owner", lambda video: video.call("livestream", call_id).get()).data.call
    return {**outcome, "backstage": state.backstage}


def join(call: Any) -> Any:  # noqa: ANN401
    """What joining begins with: the rest is WebRTC."""
    path = {"type": call.call_type, "id": call.id}
    return call.client.post(
        "/api/v2/video/call/{type}/{id}/join", dict[str, Any], path_params=path, json={"location": "LCL"}
    )


def ahead(seconds: int) -> Callable[[Any], Any]:
    """Begins in an hour; viewers may come this long before."""
    return lambda call: call.update(
        starts_at=datetime.now(UTC) + timedelta(hours=1),
        settings_override=CallSettingsRequest(
            backstage=BackstageSettingsRequest(enabled=True, join_ahead_time_seconds=seconds)
        ),
    )


DOES: dict[str, Callable[[Any], Any]] = {
    "join": join,
    "open ahead": ahead(2 * HOUR),
    "close ahead": ahead(0),
    "go live": lambda call: call.go_live(),
    "stop live": lambda call: call.stop_live(),
    "end": lambda call: call.end(),
}
