"""Run one ASGI application as a server process of the stack, or alone.

The parent binds the socket and hands it down, so the address is known before the process starts and
connections wait in the backlog until it is ready. The process ends when its standard input closes: nothing is
left behind, even when the parent is killed.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from harness.config import ServerSettings, load
from harness.errors import HarnessError, ServerError

SettingsT = TypeVar("SettingsT", bound=ServerSettings)
LOOPBACK = "127.0.0.1"
# Seconds. Longer than clients keep a connection (httpx: 5): who closes first must not be a race.
KEEP_ALIVE = 65
# Bytes of a WebSocket's message: far more than any client has to say.
LARGEST_MESSAGE = 1024 * 1024
# Milliseconds until a peer that takes nothing of what was sent to it counts as gone.
TAKES_NOTHING = 40_000
# Connections are open files. As many as are useful on one machine, and as few as one should know of.
MOST_FILES, FEW_FILES = 65_536, 4_096


class Connection(H11Protocol):
    """A connection whose application may break it off without an answer: `scope["state"]["abort"]()`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "abort": transport.abort}
        super().connection_made(transport)


@dataclass(frozen=True)
class Limits:
    """What one server may take: seconds to finish what it is doing at its end, bytes of a request's head,
    and seconds between pings of a WebSocket and for each answer (a peer that vanished is noticed by these).

    Few seconds by default: a server with WebSockets has always something open.
    """

    finish_within: int = 3
    read_of_head: int | None = None  # None: as many as the HTTP library takes
    ping: float = 20.0
    protocol: type[Connection] = Connection  # reads the requests; the limit of a head is its library's
    websockets: type[asyncio.Protocol] = WebSocketsSansIOProtocol  # reads the messages of a WebSocket


STANDARD = Limits()


def bind(port: int = 0) -> socket.socket:
    """A listening socket on loopback; raises ServerError when the port is taken, or without loopback."""
    # asyncio sends at once only where the protocol is said; else an answer waits 40 ms for the client.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise ServerError(
                f"This machine has no {LOOPBACK}, where the servers listen (IPv6 alone does not do): "
                f"give it back with `ip addr add {LOOPBACK}/8 dev lo`."
            ) from None
        raise ServerError(
            f"Port {port} on {LOOPBACK} could not be taken ({error.strerror}): "
            "end the program that uses it or choose another with --port."
        ) from None
    listener.listen(2048)
    return listener


def run(kind: type[SettingsT], create_app: Callable[[SettingsT], ASGIApp], limits: Limits = STANDARD) -> None:
    """The whole life of a server process. Exit 2 with one sentence, no traceback, when it cannot start."""
    # What its start makes (the classes of a large SDK) stays: to look through it for garbage again and again,
    # and once more at the end, took a third of the time that the token server needs to come and go.
    gc.disable()
    try:
        settings = load(kind)
        app = create_app(settings)
        gc.freeze()
        gc.enable()
        serve(app, settings, limits)
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


def serve(app: ASGIApp, settings: ServerSettings, limits: Limits = STANDARD) -> None:
    """Serve `app` until SIGINT, SIGTERM or, when the stack started it, until standard input closes.

    At its end it takes no new connection and finishes what it was asked already, as far as `limits` allow.
    Raises the HarnessError that the application's start-up raised.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    # httpx logs every address it asks; addresses can carry keys, and logs must not.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    started = _Start(app)
    config = uvicorn.Config(
        started,
        log_level="warning",
        access_log=False,
        lifespan="on",
        http=limits.protocol,
        ws=limits.websockets,
        h11_max_incomplete_event_size=limits.read_of_head,
        timeout_graceful_shutdown=limits.finish_within,
        timeout_keep_alive=KEEP_ALIVE,
        ws_max_size=LARGEST_MESSAGE,
        ws_ping_interval=limits.ping,
        ws_ping_timeout=limits.ping,
        ws_per_message_deflate=False,  # on loopback it saves nothing, and costs memory for each connection
    )
    server = uvicorn.Server(config)
    _end_by_signal(server)
    if settings.listen_fd is None:
        listener = bind(settings.port)
    else:
        listener = socket.socket(fileno=settings.listen_fd)
        threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
    # What is set on the listener holds for every connection that it accepts.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TAKES_NOTHING)
    _allow_many_files()
    try:
        server.run(sockets=[listener])
    finally:
        if started.refused is not None:
            raise started.refused from None


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < FEW_FILES:
        logging.getLogger("serving").warning(
            "This process may open %d files, so it takes fewer connections than that: "
            "start it after `ulimit -n %d` if you need more.",
            allowed,
            FEW_FILES,
        )


class _Start:
    """ASGI middleware: keeps the HarnessError of a failed start-up, whose traceback uvicorn would print."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.refused: HarnessError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        failed: list[Message] = []

        async def hold_failure(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                failed.append(message)  # until it is known what failed
            else:
                await send(message)

        try:
            await self._app(scope, receive, hold_failure)
        except HarnessError as error:
            self.refused = error
            failed = [{"type": "lifespan.startup.failed", "message": ""}]
        finally:
            for message in failed:
                await send(message)


def _end_by_signal(server: uvicorn.Server) -> None:
    """Make a signal an order that is carried out, exit code 0.

    The server repeats a signal once it has ended; without this, it would look as if it had been killed.
    """

    def end(*_: object) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def _stop_with_parent(server: uvicorn.Server) -> None:
    # Not by sys.stdin: Python aborts at exit when a thread is still inside its lock.
    while os.read(0, 4096):
        pass
    server.should_exit = True
