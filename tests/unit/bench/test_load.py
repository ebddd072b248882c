"""The load generator of the benches: a connection that is gone is a failed visit, and never the end of it."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from harness.config import PACKAGE
from harness.serving import LOOPBACK, bind
from harness.setup.npm import NODE
from tests.contract.served import WITHIN

LOAD = PACKAGE.parent / "bench" / "node" / "load.mjs"
REQUEST = f"GET / HTTP/1.1\r\nhost: {LOOPBACK}\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that hands each connection to `answer`, one after the other."""
    listener = bind()

    def serve() -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                connection, _ = listener.accept()
                with connection, suppress(ConnectionError):
                    answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(WITHIN)


def loaded(*ports: int, **job: object) -> dict[str, Any]:
    """What the generator says of visits that ask all of these at once; TimeoutExpired when it never does."""
    step = [{"port": port, "request": REQUEST} for port in ports]
    line = json.dumps({**job, "visits": [[step]]})
    command = [NODE, LOAD]
    ran = subprocess.run(command, input=f"{line}\n", capture_output=True, text=True, timeout=WITHIN)
    ready, answer = ran.stdout.splitlines()
    assert ready == "{}", ran.stderr
    said: dict[str, Any] = json.loads(answer)
    return said


def test_connection_that_was_closed_between_two_visits_fails_the_second() -> None:
    closed = threading.Event()

    def answer_once(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(ANSWER)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(4096)  # returns when the client has closed it, too
        closed.set()

    def answer_after_that(connection: socket.socket) -> None:
        connection.recv(4096)
        assert closed.wait(WITHIN)
        closed.clear()
        connection.sendall(ANSWER)
        while connection.recv(4096):
            connection.sendall(ANSWER)

    with ExitStack() as servers:
        ports = [servers.enter_context(serving(one)) for one in (answer_once, answer_after_that)]
        said = loaded(*ports, clients=1, requests=3)
    # The second visit found it closed, the third one made a new one.
    assert (len(said["milliseconds"]), said["failed"]) == (2, 1), said
    assert said["why"] == "the connection was closed"


def test_nobody_there_is_a_failure_of_each_visit() -> None:
    with bind() as closed:
        port = int(closed.getsockname()[1])
    said = loaded(port, clients=1, requests=3)
    assert (said["milliseconds"], said["failed"], said["why"]) == ([], 3, "ECONNREFUSED")
