"""One attempt, without a local Stream around it."""

from __future__ import annotations

import http.server
import threading
from contextlib import suppress
from typing import ClassVar
from unittest.mock import ANY

from anyio.from_thread import start_blocking_portal
from getstream import webhook

from harness.local_stream.coordinator.source import Source
from harness.local_stream.faults import Faults
from harness.local_stream.journal import Journal
from harness.local_stream.webhooks.delivery import Attempt, Delivery
from harness.local_stream.webhooks.hook import Hook
from harness.local_stream.webhooks.sender import Sender
from tests.unit.local_stream.receiver import receiving

BODY = b'{"type":"call.ended","created_at":1778198400000000000}'
SECRET = "the app's"


def attempted(hook: Hook, timeout: float = 10.0, within: float = 600.0, times: int = 1) -> Attempt:
    """What came of the last of so many attempts of one sender."""

    async def attempt() -> Attempt:
        journal = Journal()
        sender = Sender("key", SECRET, timeout, Source(), journal, Faults(journal))
        try:
            delivery = Delivery("id", "call.ended", "livestream:x", hook, BODY)
            made = [await sender.attempt(delivery, 1, within=within) for _ in range(times)]
            return made[-1]
        finally:
            await sender.close()

    # In a thread of its own: Playwright's sync API may have a loop in this one.
    with start_blocking_portal() as portal:
        return portal.call(attempt)


def test_a_compressed_body_is_signed_as_it_was_before() -> None:
    with receiving() as receiver:
        assert attempted(Hook(receiver.url, gzip=True)).status == 200
    (request,) = receiver.received
    assert request.body[:2] == b"\x1f\x8b"
    assert request.headers["content-encoding"] == "gzip"
    payload = webhook.gunzip_payload(request.body)
    assert payload == BODY
    assert webhook.verify_signature(payload, request.headers["x-signature"], SECRET)


def test_redirects_are_not_followed() -> None:
    with receiving(lambda _: 307) as receiver:
        assert attempted(Hook(receiver.url)).status == 307
    assert len(receiver.received) == 1


def test_a_receiver_may_have_a_timeout_of_its_own() -> None:
    with receiving(lambda _: None) as receiver:
        assert attempted(Hook(receiver.url, timeout_ms=50), timeout=600).error == "timeout"


def test_what_is_left_for_all_attempts_bounds_each() -> None:
    with receiving(lambda _: None) as receiver:
        assert attempted(Hook(receiver.url), timeout=600, within=0.05).error == "timeout"


def test_an_address_that_is_none_is_a_network_error() -> None:
    assert attempted(Hook("http://")).error == "network error"


class Rude(http.server.BaseHTTPRequestHandler):
    """Sets a cookie, and answers without end."""

    cookies: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.cookies.append(self.headers["cookie"])
        self.send_response(200)
        self.send_header("set-cookie", "a=b")
        self.end_headers()
        with suppress(OSError):
            while True:
                self.wfile.write(b"x" * 65_536)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_an_answer_without_end_is_not_read_and_its_cookies_are_not_kept() -> None:
    Rude.cookies.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Rude)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        assert attempted(Hook(url), timeout=2, times=2) == Attempt(ANY, 200)
    finally:
        server.shutdown()
        server.server_close()
    assert Rude.cookies == [None, None]
