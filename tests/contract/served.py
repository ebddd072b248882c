"""An ASGI application served for real, on a socket of its own, while a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
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


class Served:
    """It, and its address. Connections wait in the backlog until it is up, so nobody need wait for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._listener = bind()
        self.url = f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(
            app,
            log_level="error",
            lifespan="on",
            timeout_graceful_shutdown=1,
            timeout_keep_alive=120,  # seconds: no client is to find that the server hung up just as it asked
        )
        self._server = uvicorn.Server(config)
        sockets = {"sockets": [self._listener]}
        self._thread = threading.Thread(target=self._server.run, kwargs=sockets, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let it end, which takes a moment."""
        self._server.should_exit = True

    def wait(self) -> None:
        """Until it has ended."""
        self._thread.join()
        self._listener.close()


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Its address."""
    with served_together() as serve:
        yield serve(app)


@contextmanager
def served_together() -> Iterator[Callable[[ASGIApp], str]]:
    """Serves what it is called with, and says the address; all end at the same time."""
    all_of_them: list[Served] = []

    def serve(app: ASGIApp) -> str:
        all_of_them.append(Served(app))
        return all_of_them[-1].url

    try:
        yield serve
    finally:
        for one in all_of_them:
            one.end()
        for one in all_of_them:
            one.wait()
