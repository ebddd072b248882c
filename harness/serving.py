"""Run one ASGI application as a server process of the stack, or alone.

The parent binds the socket and hands it down, so the address is known before the process starts and
connections wait in the backlog until it is ready. The process ends when its standard input closes: nothing is
left behind, even when the parent is killed.
"""

from __future__ import annotations

import logging
import socket
import sys
import threading

import uvicorn
from starlette.types import ASGIApp

from harness.config import ServerSettings
from harness.errors import ServerError

LOOPBACK = "127.0.0.1"


def bind(port: int = 0) -> socket.socket:
    """A listening socket on loopback; raises ServerError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise ServerError(
            f"Port {port} on {LOOPBACK} could not be taken ({error.strerror}): "
            "end the program that uses it or choose another with --port."
        ) from None
    listener.listen(2048)
    return listener


def serve(app: ASGIApp, settings: ServerSettings) -> None:
    """Serve `app` until SIGINT, SIGTERM or, when the stack started it, until standard input closes."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    # httpx logs every address it asks; addresses can carry keys, and logs must not.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=3
    )
    server = uvicorn.Server(config)
    if settings.listen_fd is None:
        listener = bind(settings.port)
    else:
        listener = socket.socket(fileno=settings.listen_fd)
        threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


def _stop_with_parent(server: uvicorn.Server) -> None:
    sys.stdin.buffer.read()
    server.should_exit = True
