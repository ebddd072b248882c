"""What two readers could understand in two ways is refused: they might let in two different people."""

from __future__ import annotations

import codecs
import gzip
import json
import socket
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from harness.serving import LOOPBACK
from harness.target import Party, contract
from harness.token_server.app import PATH
from tests.contract.served import WITHIN
from tests.unit.token_server.system import PAGES, System


@pytest.fixture
def party(shared: System) -> Party:
    return shared.new_party()


def sent(system: System, head: list[str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the one answer to exactly this; the connection was closed after it."""
    lines = [f"POST {PATH} HTTP/1.1", "host: x", f"origin: {PAGES}", *head, "connection: close", "", ""]
    with socket.create_connection((LOOPBACK, port_of(system)), timeout=WITHIN) as connection:
        connection.sendall("\r\n".join(lines).encode() + body)
        received = b"".join(iter(lambda: connection.recv(4096), b""))
    first, _, content = received.partition(b"\r\n\r\n")
    status, *headers = first.decode().split("\r\n")
    return int(status.split()[1]), dict(line.lower().split(": ", 1) for line in headers), content


def port_of(system: System) -> int | None:
    return urlsplit(system.target.token_url).port


def wanted(party: Party) -> bytes:
    return json.dumps({"callId": party.id}).encode()


@pytest.mark.parametrize(
    "headers",
    [
        lambda good: [f"Bearer {good}", "Bearer of.somebody.else"],
        lambda good: ["Bearer of.somebody.else", f"Bearer {good}"],
        lambda good: [f"Bearer {good}", f"Bearer {good}"],
        lambda good: [f"Bearer {good}", ""],
        lambda good: [f"Bearer {good},"],
        lambda good: [f"Bearer {good}, Bearer of.somebody.else"],
        lambda good: [f"Bearer {good}, Bearer {good}"],
        lambda good: [f"Bearer {good} {good}"],
        lambda good: [f"Bearer {good};q=1"],
        lambda good: [f"Bearer {good}=="],
    ],
    ids=["good first", "good last", "twice", "and empty", "comma", "joined", "both", "two", "more", "padded"],
)
def test_session_in_more_than_one_piece_is_refused(
    shared: System, party: Party, headers: Callable[[str], list[str]]
) -> None:
    good, body = shared.session(party.host), wanted(party)
    length = f"content-length: {len(body)}"
    status, _, _ = sent(shared, [f"authorization: bearer  {good}", length], body)
    assert status == 200
    lines = [f"authorization: {header}" for header in headers(good)]
    status, told, content = sent(shared, [*lines, length], body)
    assert (status, json.loads(content)) == (401, {"ok": False, "error": "Invalid auth"})
    assert told["access-control-allow-origin"] == PAGES


@pytest.mark.parametrize(
    "body",
    [
        lambda text: gzip.compress(text.encode()),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-32-be"),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.replace("}", ', "callId": "' + str(uuid4()) + '"}').encode(),
        lambda text: text.replace("{", '{"callId": "' + str(uuid4()) + '", ').encode(),
        lambda text: text.replace("}", ', "more": [{"a": 1, "\\u0061": 2}]}').encode(),
        lambda text: text.replace("}", ', "more": NaN}').encode(),
        lambda text: text.replace("}", ', "more": -Infinity}').encode(),
        lambda text: b"\x0b" + text.encode(),
    ],
    ids=["gzip", "UTF-16", "UTF-16 LE", "UTF-32", "mark", "last", "first", "inner", "NaN", "minus", "blank"],
)
def test_body_that_is_json_to_some_alone_is_malformed(
    shared: System, party: Party, body: Callable[[str], bytes]
) -> None:
    answer = shared.endpoint.ask(shared.session(party.host), body(wanted(party).decode()), origin=PAGES)
    contract.refused(answer, 400, "Malformed JSON body")
    contract.readable_from(answer, PAGES)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "GZIP", "gzip, identity", "nonsense"])
def test_packed_body_is_refused(shared: System, party: Party, coding: str) -> None:
    session, packed = shared.session(party.host), gzip.compress(wanted(party))
    for body in (packed, wanted(party), b""):
        answer = shared.endpoint.ask(session, body, origin=PAGES, headers={"content-encoding": coding})
        contract.refused(answer, 415, "Unsupported Content-Encoding")
        contract.readable_from(answer, PAGES)
    plain = shared.endpoint.ask(session, wanted(party), headers={"content-encoding": "Identity"})
    contract.granted(plain, shared.target, party, party.host)


@pytest.mark.parametrize("path", [PATH, "/healthz"])
def test_body_that_ends_in_two_places_is_refused_and_nothing_behind_it_is_read(
    shared: System, path: str
) -> None:
    hidden = f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\norigin: {PAGES}\r\ncontent-length: {5 + len(hidden)}\r\n"
    with socket.create_connection((LOOPBACK, port_of(shared)), timeout=WITHIN) as connection:
        connection.sendall(f"{head}transfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}".encode())
        received = b"".join(iter(lambda: connection.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 400 "), received
    assert received.count(b"HTTP/1.1") == 1, received
    assert received.endswith(b'{"ok":false,"error":"Ambiguous body length"}')
    assert f"access-control-allow-origin: {PAGES}".encode() in received


@pytest.mark.parametrize(
    "headers",
    [
        ["content-length: 5", "content-length: 6"],
        ["content-length: 5, 6"],
        ["content-length: +5"],
        ["content-length: -1"],
        ["content-length: 0x5"],
        ["content-length: 99999999999999999999999"],
        ["transfer-encoding: chunked", "transfer-encoding: chunked"],
        ["transfer-encoding: gzip, chunked"],
        ["transfer-encoding: identity"],
        ["transfer-encoding: xchunked"],
        ["transfer-encoding : chunked"],
    ],
    ids=str,
)
def test_body_without_a_clear_end_is_no_request(shared: System, headers: list[str]) -> None:
    before = len(shared.small_stream.requests)
    status, _, _ = sent(shared, headers, b"0\r\n\r\n")
    assert status in (400, 501)
    assert len(shared.small_stream.requests) == before
