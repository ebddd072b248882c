"""Each test runs in an event loop and a thread of its own: other tests drive browsers in this one."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from harness.serving import LOOPBACK

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def run() -> Iterator[Run]:
    with start_blocking_portal() as portal:
        yield portal.call


@pytest.fixture(autouse=True)
def _peers_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """aiortc's peer connections gather on every interface but loopback; a test machine may have no other."""
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda **_: [LOOPBACK])
