"""What a client sends that is too much or never ends: an answer in the one shape, and soon."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import h11
import pytest

from harness.serving import LOOPBACK
from harness.target import contract
from harness.token_server import body
from harness.token_server.app import PATH
from harness.token_server.head_limit import SIZE_LIMIT
from harness.token_server.limits import READ_OF_HEAD
from tests.unit.token_server.own_process import OwnProcess, own_process
from tests.unit.token_server.system import PAGES, System, running


@pytest.fixture(scope="module")
def server(shared: System) -> Iterator[OwnProcess]:
    with own_process(shared) as process:
        yield process


@pytest.mark.parametrize("size", [SIZE_LIMIT, 3 * SIZE_LIMIT])
def test_large_head_is_refused_in_the_same_shape(shared: System, server: OwnProcess, size: int) -> None:
    party = shared.new_party()
    answer = server.endpoint.ask(
        shared.session(party.host), {"callId": party.id}, origin=PAGES, headers={"x-padding": "x" * size}
    )
    contract.refused(answer, 431, "Headers too large")
    contract.readable_from(answer, PAGES)
    small = server.endpoint.ask(
        shared.session(party.host),
        {"callId": party.id},
        headers={"x-padding": "x" * (SIZE_LIMIT - 4096)},
    )
    contract.granted(small, shared.target, party, party.host)


def test_large_query_is_part_of_the_head(server: OwnProcess) -> None:
    answer = server.endpoint._http.get(server.url + PATH, params={"padding": "x" * SIZE_LIMIT})
    assert (answer.status_code, answer.json()) == (431, {"ok": False, "error": "Headers too large"})


def test_large_head_that_comes_in_pieces_is_refused_in_the_same_shape(server: OwnProcess) -> None:
    with server.connection() as connection:
        connection.sendall(b"POST " + PATH.encode() + b" HTTP/1.1\r\nhost: x\r\nx-padding: ")
        for _ in range(3):
            connection.sendall(b"x" * SIZE_LIMIT)
            # Who comes later is answered: by then, the server has read what was sent until here.
            assert server.endpoint._http.get(f"{server.url}/healthz").status_code == 200
        connection.sendall(b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 431 "), received
    assert b'{"ok":false,"error":"Headers too large"}' in received
    assert b"access-control-allow-origin: *" in received


def test_head_without_end_is_cut_off(server: OwnProcess) -> None:
    with server.connection() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nx: ")
        try:
            while connection.send(b"x" * READ_OF_HEAD):
                pass
        except OSError:
            return  # the server let go of it


def test_body_that_never_ends_is_answered_408_and_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "TIME_LIMIT", 0.2)
    with running(tmp_path / "log") as system:
        before = len(system.small_stream.requests)
        status, headers, content = half_a_request(system)
        assert (status, json.loads(content)) == (408, {"ok": False, "error": "Request timed out"})
        assert headers[b"access-control-allow-origin"] == PAGES.encode()
        assert headers[b"connection"] == b"close"
        assert len(system.small_stream.requests) == before


def half_a_request(system: System) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of the answer to a body that never ends, once the connection was closed."""
    port = urlsplit(system.target.token_url).port
    client = h11.Connection(h11.CLIENT)
    head = [("host", "x"), ("origin", PAGES), ("content-length", "50")]
    with socket.create_connection((LOOPBACK, port), timeout=30) as connection:
        connection.sendall(client.send(h11.Request(method="POST", target=PATH, headers=head)) or b"")
        connection.sendall(client.send(h11.Data(data=b'{"callId":')) or b"")
        received = b"".join(iter(lambda: connection.recv(4096), b""))
    client.receive_data(received)
    answer = client.next_event()
    assert isinstance(answer, h11.Response)
    content = client.next_event()
    assert isinstance(content, h11.Data)
    return answer.status_code, dict(answer.headers), bytes(content.data)
