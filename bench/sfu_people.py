"""People in a call, in a process of their own: `python -m bench.sfu_people URL CALL_ID host|crowd`.

Commands come as lines of JSON on standard input, `[what, argument]`, and each is answered with one.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx

from harness.local_stream.sfu.transport import Identity
from tests.unit.local_stream.server import API_KEY, signed
from tests.unit.local_stream.sfu.light_host import LightHost, stamp_of
from tests.unit.local_stream.sfu.light_peer import LightViewer

# So many handshakes at once; more would only wait for each other.
TOGETHER = 5
REPORT_SECONDS = 1.0
Command = Callable[[Any], Awaitable[object]]


class Door:
    """The coordinator: whom it lets into the call."""

    def __init__(self, http: httpx.AsyncClient, call_id: str) -> None:
        self.http = http
        self._call_id = call_id

    async def credentials(self, user_id: str) -> dict[str, Any]:
        """Those of a join response."""
        answer = await self.http.post(
            f"/video/call/livestream/{self._call_id}/join",
            params={"api_key": API_KEY, "user_id": user_id},
            headers=signed({"user_id": user_id}),
            json={"location": "LCL"},
        )
        answer.raise_for_status()
        return dict(answer.json()["credentials"])


class Probe(LightViewer):
    """A viewer who knows when each packet was sent, to the SFU and directly to itself."""

    def __init__(self, *who: Any) -> None:  # noqa: ANN401 - those of a viewer
        super().__init__(*who)
        self.direct: dict[int, float] = {}
        self.added: list[float] = []

    def came(self, data: bytes, arrival: float) -> None:
        came_directly = self.direct.pop(stamp_of(data), None)
        if came_directly is not None:
            self.added.append(arrival - came_directly)


class Direct(asyncio.DatagramProtocol):
    """The way without an SFU: notes when each stamp has come."""

    def __init__(self, came: dict[int, float]) -> None:
        self._came = came

    def datagram_received(self, data: bytes, _address: object) -> None:
        self._came[int.from_bytes(data[-8:], "big")] = time.monotonic()


@asynccontextmanager
async def host(door: Door) -> AsyncIterator[dict[str, Command]]:
    """Who is live, and a viewer beside who measures delays."""
    probe = Probe("probe", await door.credentials("probe"), door.http, Identity())
    loop = asyncio.get_running_loop()
    straight, _ = await loop.create_datagram_endpoint(
        lambda: Direct(probe.direct), local_addr=("127.0.0.1", 0)
    )
    address = straight.get_extra_info("sockname")

    def sent(stamp: int) -> None:
        straight.sendto(bytes(1_000) + stamp.to_bytes(8, "big"), address)

    live = LightHost("host", await door.credentials("host"), door.http, sent)
    await live.join()
    await live.publish()
    await probe.join()
    await probe.watch(live.session_id)

    async def figures(_: object) -> object:
        """Since this was last asked: seconds that the SFU added, and packets; ascending."""
        found, probe.added = sorted(probe.added), []
        return {"sent": live.packets, "added": found, "missing": len(probe.direct)}

    async def session(_: object) -> object:
        return live.session_id

    yield {"figures": figures, "session": session}
    straight.close()
    await probe.leave()
    await live.leave()


@asynccontextmanager
async def crowd(door: Door) -> AsyncIterator[dict[str, Command]]:
    """Viewers: `more` joins so many to the host's session, `fewer` lets so many leave."""
    viewers: list[LightViewer] = []
    identity = Identity()
    gone = 0

    async def join(session_id: str) -> None:
        viewer = LightViewer("viewer", await door.credentials("viewer"), door.http, identity)
        await viewer.join()
        await viewer.watch(session_id)
        async with asyncio.timeout(30):
            while not viewer.packets:
                await asyncio.sleep(0.01)
        viewers.append(viewer)

    async def more(asked: list[Any]) -> object:
        number, session_id = asked
        for begin in range(0, number, TOGETHER):
            together = min(TOGETHER, number - begin)
            await asyncio.gather(*(join(session_id) for _ in range(together)))
        return len(viewers)

    async def fewer(number: int) -> object:
        nonlocal gone
        leaving, viewers[:] = viewers[:number], viewers[number:]
        gone += sum(each.packets for each in leaving)
        await asyncio.gather(*(each.leave() for each in leaving))
        return len(viewers)

    async def packets(_: object) -> object:
        return gone + sum(each.packets for each in viewers)

    async def report() -> None:
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            for each in viewers:
                each.report()

    reporting = asyncio.ensure_future(report())
    yield {"more": more, "fewer": fewer, "packets": packets}
    reporting.cancel()
    await fewer(len(viewers))


async def serve(base_url: str, call_id: str, role: str) -> None:
    """Answer commands until standard input closes."""
    loop = asyncio.get_running_loop()
    async with (
        httpx.AsyncClient(base_url=base_url, timeout=30) as http,
        {"host": host, "crowd": crowd}[role](Door(http, call_id)) as commands,
    ):
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            what, argument = json.loads(line)
            print(json.dumps(await commands[what](argument)), flush=True)


if __name__ == "__main__":
    _, where, call, role = sys.argv
    anyio.run(serve, where, call, role)
