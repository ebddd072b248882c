"""Who was in a call and left is forgotten: no object, task, file or timer stays."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from harness.local_stream.sfu.feed import Feed
from harness.local_stream.sfu.media_path import MediaPath
from harness.local_stream.sfu.participant import Participant
from harness.local_stream.sfu.socket import SfuSocket
from harness.local_stream.sfu.transport import Identity, PeerTransport
from harness.local_stream.sfu.viewer_track import ViewerTrack
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.light_host import LightHost
from tests.unit.local_stream.sfu.light_peer import LightViewer
from tests.unit.local_stream.sfu.served import HOST_MAY, Served, serving

KINDS = (Participant, SfuSocket, PeerTransport, ViewerTrack, MediaPath, Feed)
VISITS = 12
WITHIN = 30.0


class Party:
    """A host who is live, and viewers who come and go."""

    def __init__(self, served: Served, http: httpx.AsyncClient) -> None:
        self.served, self.http, self.identity = served, http, Identity()

    async def goes_live(self) -> LightHost:
        host = LightHost("host", self.served.credentials("host", HOST_MAY), self.http)
        await host.join()
        await host.publish()
        return host

    async def visit(self, host: LightHost) -> None:
        """Somebody watches until packets have come, and leaves."""
        viewer = LightViewer("viewer", self.served.credentials("viewer"), self.http, self.identity)
        await viewer.join()
        await viewer.watch(host.session_id)
        async with asyncio.timeout(WITHIN):
            while not viewer.packets:
                await asyncio.sleep(0.01)
        await viewer.leave()

    async def evening(self) -> None:
        """A host goes live, somebody watches, both leave."""
        host = await self.goes_live()
        await self.visit(host)
        await host.leave()


@asynccontextmanager
async def partying() -> AsyncIterator[Party]:
    async with serving() as served, httpx.AsyncClient(timeout=WITHIN) as http:
        yield Party(served, http)


def held() -> Counter[str]:
    """What there is now of all that comes with a participant."""
    gc.collect()
    found = Counter(type(each).__name__ for each in gc.get_objects() if isinstance(each, KINDS))
    found["tasks"] = len(asyncio.all_tasks())
    found["files"] = sum(1 for _ in Path("/proc/self/fd").iterdir())
    return found


async def comes_down_to(before: Counter[str]) -> None:
    """What is more than before goes within some seconds."""
    try:
        async with asyncio.timeout(WITHIN):
            while held() - before:
                await asyncio.sleep(0.1)
    except TimeoutError:
        pytest.fail(f"there is more than before: {dict(held() - before)}", pytrace=False)


def test_viewers_who_left_leave_nothing_behind(run: Run) -> None:
    async def scenario() -> None:
        async with partying() as party:
            host = await party.goes_live()
            await party.visit(host)  # what is made once is there now
            before = held()
            for _ in range(VISITS):
                await party.visit(host)
            await comes_down_to(before)
            await host.leave()

    run(scenario)


def test_hosts_who_left_leave_nothing_behind(run: Run) -> None:
    async def scenario() -> None:
        async with partying() as party:
            await party.evening()
            before = held()
            for _ in range(VISITS // 2):
                await party.evening()
            await comes_down_to(before)

    run(scenario)


def test_what_stays_is_seen(run: Run) -> None:
    async def scenario() -> None:
        async with partying() as party:
            host = await party.goes_live()
            before = held()
            viewer = LightViewer("viewer", party.served.credentials("viewer"), party.http, party.identity)
            await viewer.join()
            assert (held() - before)["Participant"] == 1
            assert (held() - before)["files"] > 0
            await viewer.leave()
            await host.leave()

    run(scenario)
