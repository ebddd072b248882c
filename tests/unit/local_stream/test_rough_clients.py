"""Clients that vanish, stall, or do not speak as they should: each is let go in time, and harms nobody."""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest
from getstream import Stream
from getstream.video.rtc.pb.stream.video.sfu.event import events_pb2

from tests.unit.local_stream.crowd import CLOSE, TEXT, Wire, crowd, frame
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import (
    API_KEY,
    API_SECRET,
    COMMAND,
    LocalStream,
    eventually,
    running,
    signed,
)

BINARY, CONTINUED = 0x2, 0x0
PING_SECONDS = 0.3
IMPATIENT = (
    "from harness.config import LocalStreamSettings; from harness.local_stream.app import create_app;"
    "from harness.local_stream.coordinator import body, socket; from harness.serving import Limits, run;"
    "body.PATIENCE_SECONDS = socket.PATIENCE_SECONDS = 0.3;"
    f"run(LocalStreamSettings, create_app, Limits(ping={PING_SECONDS}))"
)
HEALTH_CHECK = json.dumps([{"type": "health.check", "client_id": "x"}]).encode()


@pytest.fixture(scope="module")
def impatient() -> Iterator[LocalStream]:
    """A local Stream with less patience, so that nobody waits for it."""
    with (
        running(command=[sys.executable, "-c", IMPATIENT]) as base_url,
        httpx.Client(base_url=base_url) as http,
    ):
        yield LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)


def test_who_answers_no_ping_is_gone(impatient: LocalStream) -> None:
    """A peer whose machine or network vanished looks so: nothing comes, not even a goodbye."""
    vanished = impatient.new_user()
    with crowd(impatient.base_url, [vanished]):
        eventually(lambda: _closed(impatient, vanished))


def test_who_says_nothing_is_not_waited_for(impatient: LocalStream) -> None:
    path = f"/video/connect?api_key={API_KEY}&stream-auth-type=jwt"
    wire = Wire(impatient.base_url, path)
    wire.opened()
    assert wire.hears_next()["error"]["code"] == 5
    wire.socket.close()


def test_a_body_that_does_not_come_is_not_waited_for(impatient: LocalStream) -> None:
    with _half_a_request(impatient) as stalled:
        answer = stalled.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (408, 23)


def test_who_leaves_within_a_body_is_no_defect(impatient: LocalStream) -> None:
    seen = [entry["seq"] for entry in impatient.journal()]
    with _half_a_request(impatient):
        pass
    (entry,) = eventually(lambda: impatient.journal(operation="UpdateUsers", after_seq=max(seen, default=0)))
    assert entry["status"] == 400


def test_fragments_make_one_message(local_stream: LocalStream, viewer: str) -> None:
    with crowd(local_stream.base_url, [viewer]) as ((wire, _),):
        half = len(HEALTH_CHECK) // 2
        wire.socket.sendall(frame(HEALTH_CHECK[:half], TEXT, last=False))
        wire.socket.sendall(frame(HEALTH_CHECK[half:], CONTINUED))
        assert wire.hears_next()["type"] == "health.check"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(frame(b"x" * 1_100_000), 1009, id="too long"),
        pytest.param(frame(b"x" * 1_100_000, BINARY), 1009, id="too long, binary"),
        pytest.param(frame(b"\xff\xfe"), 1007, id="no UTF-8"),
        pytest.param(b"\x81\x02hi", 1002, id="not masked"),
        pytest.param(frame(b"", 0x5), 1002, id="of no kind"),
        pytest.param(frame(b"x", CONTINUED), 1002, id="continues nothing"),
    ],
)
def test_frames_that_must_not_be(local_stream: LocalStream, sent: bytes, code: int) -> None:
    user_id = local_stream.new_user()
    with crowd(local_stream.base_url, [user_id]) as ((wire, _),):
        wire.socket.sendall(sent)
        opcode, payload = wire.next_frame()
        assert (opcode, int.from_bytes(payload[:2], "big")) == (CLOSE, code)
        eventually(lambda: _closed(local_stream, user_id))


def test_the_sfu_takes_bytes_that_are_marked_as_text(
    local_stream: LocalStream, host: str, call_id: str
) -> None:
    leave = events_pb2.SfuRequest(leave_call_request=events_pb2.LeaveCallRequest(reason="done"))
    # A field that nobody knows, and no UTF-8.
    said = leave.SerializeToString() + b"\x9a\x06\x01\xff"
    with joined(local_stream, host, call_id) as participant:
        participant.socket.send(said, text=True)
        # It is read to its end, which is an error unless the end is a good one.
        list(participant.socket)


def test_a_page_that_asks_the_websocket_for_a_document(local_stream: LocalStream) -> None:
    answer = local_stream.http.get("/video/connect", params={"api_key": API_KEY})
    assert (answer.status_code, answer.json()["StatusCode"]) == (501, 501)


@pytest.mark.parametrize("host", [b"", b"[", b"a b", b"evil.example:99999", b"\xff", b"a/b?c#d"])
def test_any_host_is_answered(local_stream: LocalStream, host: bytes) -> None:
    with _dialled(local_stream) as connection:
        connection.sendall(b"GET /api/v2/app?api_key=x HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401")


def test_few_files_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    limited = ["sh", "-c", 'ulimit -n 300; exec "$@"', "sh", *COMMAND]
    with running(command=limited):
        pass
    assert "This process may open 300 files" in capfd.readouterr().err


def _half_a_request(local_stream: LocalStream) -> closing[HTTPConnection]:
    connection = HTTPConnection(urlsplit(local_stream.base_url).netloc, timeout=10)
    connection.putrequest("POST", f"/api/v2/users?api_key={API_KEY}")
    for name, value in signed({"server": True}).items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", "100")
    connection.endheaders(b'{"users"')
    return closing(connection)


def _dialled(local_stream: LocalStream) -> socket.socket:
    address = urlsplit(local_stream.base_url)
    return socket.create_connection((str(address.hostname), address.port or 0), timeout=10)


def _closed(local_stream: LocalStream, user_id: str) -> bool:
    entries = local_stream.journal(operation="Connect", user_id=user_id)
    return any(entry["detail"].get("closed") for entry in entries)
