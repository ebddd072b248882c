"""An SFU served for one test, in the test's own event loop, and what it told its coordinator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from harness.local_stream.journal import Journal
from harness.local_stream.sfu import CameraOptions, Sfu, SfuUser
from harness.local_stream.sfu.room import Room
from harness.serving import LOOPBACK, Connection, bind
from tests.unit.local_stream.sfu.client import Client

SECRET = "the secret of the tests, long enough for HS256"
CID = "livestream:a-party"
HOST_MAY = frozenset({"send-audio", "send-video"})


@dataclass
class Observer:
    """A coordinator that remembers what it was told: `(what, session id, user id)`."""

    told: list[tuple[str, str, str]] = field(default_factory=list)

    async def participant_joined(self, cid: str, session_id: str, user_id: str) -> None:
        assert cid == CID
        self.told.append(("joined", session_id, user_id))

    async def participant_left(self, cid: str, session_id: str, user_id: str) -> None:
        assert cid == CID
        self.told.append(("left", session_id, user_id))


@dataclass
class Served:
    """The SFU, and new clients of it."""

    sfu: Sfu
    journal: Journal
    observer: Observer
    base_url: str
    clients: list[Client] = field(default_factory=list)

    def client(self, user_id: str, capabilities: frozenset[str] = frozenset(), cid: str = CID) -> Client:
        """A client of `user_id`; not yet connected."""
        client = Client(user_id, self.credentials(user_id, capabilities, cid))
        self.clients.append(client)
        return client

    def credentials(
        self, user_id: str, capabilities: frozenset[str] = frozenset(), cid: str = CID
    ) -> dict[str, Any]:
        """As a join response gives them."""
        user = SfuUser(user_id, user_id.title(), role="user", custom={"colour": "green"})
        return self.sfu.credentials(self.base_url, cid, user, set(capabilities))

    def room(self) -> Room:
        """The call as the SFU has it, once somebody is in it."""
        room = self.sfu._rooms.find(CID)
        assert room is not None
        return room

    def host(self, user_id: str = "host") -> Client:
        return self.client(user_id, HOST_MAY)


@asynccontextmanager
async def serving(
    *,
    vanish_seconds: float = 10.0,
    silence_seconds: float = 15.0,
    camera: CameraOptions = CameraOptions(),  # noqa: B008 - it cannot be changed
) -> AsyncIterator[Served]:
    """A running SFU; its clients are closed with it."""
    journal, observer = Journal(), Observer()
    sfu = Sfu(
        SECRET,
        journal,
        observer,
        camera=camera,
        vanish_seconds=vanish_seconds,
        silence_seconds=silence_seconds,
    )
    listener = bind()
    app = Starlette(routes=[Mount("/sfu", routes=sfu.routes())])
    server = uvicorn.Server(
        uvicorn.Config(app, http=Connection, log_level="warning", timeout_graceful_shutdown=1)
    )
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    served = Served(sfu, journal, observer, f"http://{LOOPBACK}:{listener.getsockname()[1]}")
    try:
        yield served
    finally:
        for client in served.clients:
            await client.close()
        await sfu.close()
        server.should_exit = True
        await running
