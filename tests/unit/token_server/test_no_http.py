"""Supabase or Stream that answers what is no HTTP: a port that is somebody else's, a balancer gone mad."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from harness.config import TokenServerSettings
from harness.serving import LOOPBACK, bind
from harness.target import contract
from harness.token_server.app import create_app
from tests.contract.served import WITHIN
from tests.unit.token_server.system import PAGES, running

NO_HTTP = {
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "octets": bytes(range(256)),
    "no status": b"HTTP/1.1 fine\r\n\r\n",
    "no length": b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}",
    "cut short": b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}",
    "bad chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno chunk\r\n",
    "nothing": b"",
}


@contextmanager
def saying(octets: bytes) -> Iterator[str]:
    """The address of a server that says this to everybody, and hangs up."""
    listener = bind()

    def serve() -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                connection, _ = listener.accept()
                with connection, suppress(ConnectionError):
                    connection.recv(65536)
                    connection.sendall(octets)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(WITHIN)


@pytest.mark.parametrize("octets", NO_HTTP.values(), ids=NO_HTTP)
@pytest.mark.parametrize(
    ("whose", "error"),
    [("supabase_url", "Supabase is unavailable"), ("stream_base_url", "Stream is unavailable")],
)
def test_what_is_no_http_is_unavailable(tmp_path: Path, whose: str, error: str, octets: bytes) -> None:
    with saying(octets) as url:

        def beside_itself(settings: TokenServerSettings) -> ASGIApp:
            return create_app(settings.model_copy(update={whose: url}))

        with running(tmp_path / "log", beside_itself) as system:
            party = system.new_party()
            user = next(user for user in system.small_supabase.users if user["id"] == party.host_id)
            issuer = url if whose == "supabase_url" else system.small_supabase.url
            session = system.small_supabase.session(user, iss=f"{issuer}/auth/v1")
            answer = system.endpoint.ask(session, {"callId": party.id}, origin=PAGES)
    contract.refused(answer, 503, error)
    contract.readable_from(answer, PAGES)
