"""Rate limits: counted by operation and platform, enforced when they are set, told in every answer."""

import time
from collections.abc import Iterator

import httpx
import pytest
from getstream import Stream

from harness.local_stream.coordinator.errors import ApiError
from harness.local_stream.coordinator.limits import RateLimits, platform_of
from harness.local_stream.coordinator.source import Source
from tests.unit.local_stream.server import API_KEY, API_SECRET, PATIENCE, LocalStream, running


class Clock(Source):
    """A source whose time stands still until it is moved."""

    at = 120.0

    def seconds(self) -> float:
        return self.at


def test_one_too_many_is_refused_until_the_next_minute() -> None:
    clock = Clock()
    limits = RateLimits(clock, per_minute=2)
    for remaining in (1, 0):
        count = limits.take("GetCall")
        count.check()
        assert count.shown() == {"limit": 2, "remaining": remaining, "reset": 180}
        assert "retry-after" not in count.headers
    clock.at = 150.5
    refused = limits.take("GetCall")
    assert (refused.headers["retry-after"], refused.headers["x-ratelimit-remaining"]) == ("30", "0")
    with pytest.raises(ApiError) as raised:
        refused.check()
    assert (raised.value.status, raised.value.code) == (429, 9)
    clock.at = 180.0
    limits.take("GetCall").check()


def test_operations_and_platforms_are_counted_apart() -> None:
    limits = RateLimits(Clock(), per_minute=1)
    limits.take("GetCall", "web")
    limits.take("GetCall", "server_side").check()
    limits.take("JoinCall", "web").check()
    assert limits.take("GetCall", "web").refused


def test_without_a_limit_nobody_is_refused() -> None:
    limits = RateLimits(Clock())
    assert not any(limits.take("GetCall").refused for _ in range(10_001))


@pytest.mark.parametrize(
    ("client", "server", "platform"),
    [
        ("stream-video-react-v1.60.0", False, "web"),
        ("stream-video-react-native-android-v1", False, "android"),
        ("stream-video-swift-client-v1|app=ios", False, "ios"),
        ("stream-video-react-v1.2.0|app=portfolios|os=Android 14", False, "web"),
        ("stream-video-axios-v1", False, "web"),
        ("stream-video-unity-client", False, "unity"),
        ("", False, "web"),
        ("stream-node-android", True, "server_side"),
    ],
)
def test_the_platform_is_told_by_the_client(client: str, server: bool, platform: str) -> None:
    assert platform_of(client, server=server) == platform


@pytest.fixture
def limited() -> Iterator[LocalStream]:
    """A local Stream of the test's own, which allows two requests of each operation in a minute."""
    settings = {"HARNESS_STREAM_RATE_LIMIT": "2"}
    with running(told=settings) as base_url, httpx.Client(base_url=base_url, timeout=PATIENCE) as http:
        yield LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)


def _at_the_start_of_a_minute(limited: LocalStream) -> None:
    # What is counted must fall into one minute.
    offset = 60 - time.time() % 60
    limited.http.post("/_control/clock", json={"offset_seconds": offset}).raise_for_status()


def test_answers_of_a_limited_stream(limited: LocalStream) -> None:
    _at_the_start_of_a_minute(limited)
    answers = [limited.as_server("GET", "/api/v2/video/call/livestream/nowhere") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert answers[2].json()["code"] == 9
    assert answers[2].json()["message"].startswith('GetCall failed with error: "Too many requests')
    # A user's requests are counted apart from a server's.
    assert limited.as_user("nobody", "GET", "/video/call/livestream/nowhere").status_code == 404
