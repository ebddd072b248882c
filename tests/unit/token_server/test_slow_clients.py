"""What a client sends that is too much or never ends: an answer in the one shape, and soon."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import h11
import pytest

from harness.serving import LOOPBACK
from harness.target import contract
from harness.token_server import body
from harness.token_server.__main__ import LIMITS
from harness.token_server.app import PATH
from harness.token_server.head_limit import SIZE_LIMIT
from harness.token_server.limits import READ_OF_HEAD
from harness.token_server.prompt_head import PromptHead
from tests.contract.served import WITHIN
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


# The same server, but it has little patience.
HASTY = [
    "-c",
    "from harness.serving import run; from harness.token_server import __main__ as it;"
    "it.PromptHead.within = 1.5; run(it.TokenServerSettings, it.create_app, it.LIMITS)",
]
WHOLE = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"


@pytest.fixture(scope="module")
def hasty(shared: System) -> Iterator[OwnProcess]:
    with own_process(shared, HASTY) as process:
        yield process


def await_health(connection: socket.socket) -> bool:
    """Whether the answer came whole; False when the server hung up instead."""
    received = b""
    while not received.endswith(b'{"ok":true}') and (more := connection.recv(4096)):
        received += more
    return received.startswith(b"HTTP/1.1 200")


def await_hang_up(connection: socket.socket) -> bytes:
    """What comes until the server hangs up; raises TimeoutError when it does not."""
    return b"".join(iter(lambda: connection.recv(4096), b""))


@pytest.mark.parametrize("begun", [b"", WHOLE[:3], WHOLE[:-2]], ids=["nothing", "a word", "all but its end"])
def test_head_that_does_not_come_is_not_awaited(hasty: OwnProcess, begun: bytes) -> None:
    with hasty.connection() as connection:
        connection.sendall(begun)
        assert await_hang_up(connection) == b""


def test_next_head_is_not_awaited_for_ever_once_it_has_begun(hasty: OwnProcess) -> None:
    with hasty.connection() as kept, hasty.connection() as idle:
        kept.sendall(WHOLE)
        assert await_health(kept)
        # By then the time for a head is over, and this one has not begun.
        assert await_hang_up(idle) == b""
        kept.sendall(WHOLE)
        assert await_health(kept)
        kept.sendall(WHOLE[:-2])
        assert await_hang_up(kept) == b""


def test_answer_may_take_longer_than_a_head(shared: System, hasty: OwnProcess) -> None:
    party = shared.new_party()
    session = shared.session(party.host)
    with shared.small_stream.held() as hold, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(hasty.endpoint.ask, session, {"callId": party.id})
        assert hold.arrived.wait(WITHIN)
        with hasty.connection() as idle:
            assert await_hang_up(idle) == b""
        hold.released.set()
        contract.granted(asked.result(), shared.target, party, party.host)


def test_time_for_a_head_is_what_the_documents_say() -> None:
    assert LIMITS.protocol is PromptHead
    assert PromptHead.within == 10
