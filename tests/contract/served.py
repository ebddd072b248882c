"""An ASGI application served for real, on a socket of its own, while a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.serving import LOOPBACK, bind

WITHIN = 30.0  # seconds for what should be there at once, on a machine with much else to do


class Broken(Response):
    """An answer that breaks off, and the connection with it."""

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Promise nine bytes and send none."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Its address. Connections wait in the backlog until it is up, so nobody need wait for it."""
    listener = bind()
    config = uvicorn.Config(
        app,
        log_level="error",
        lifespan="on",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=120,  # seconds: a client must never find that the server hung up just as it asked
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
