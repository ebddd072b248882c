"""Takes the webhooks that the local Stream sends, checks who signed them, and keeps them in a file."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from harness.serving import LOOPBACK

NOTICES_END = 0.05  # seconds until it sees that it shall end


class WebhookReceiver:
    """From `start` to `stop` a webhook becomes a line of `log`: its JSON, and `received_at` (unix seconds).

    What `secret` did not sign is refused with 401 and not kept: anybody could have sent it.
    """

    def __init__(self, log: Path, secret: str) -> None:
        self.log = log
        self._secret = secret.encode()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._server = ThreadingHTTPServer((LOOPBACK, 0), self._handler())
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}/webhooks"
        log.touch()

    def start(self) -> None:
        """Take webhooks, on threads of its own."""
        serve = partial(self._server.serve_forever, poll_interval=NOTICES_END)
        self._thread = threading.Thread(target=serve, daemon=True, name="webhooks")
        self._thread.start()

    def stop(self) -> None:
        """Take none any more. Safe without a start."""
        if self._thread is not None:
            self._server.shutdown()
        self._server.server_close()

    def take(self, body: bytes, signature: str) -> bool:
        """Keep a webhook; False when its signature is wrong."""
        expected = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, signature):
            return False
        line = json.dumps({"received_at": time.time(), **json.loads(body)}) + "\n"
        with self._writing, self.log.open("a", encoding="utf-8") as file:
            file.write(line)
        return True

    def _handler(receiver) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                taken = receiver.take(body, self.headers.get("x-signature", ""))
                self.send_response(200 if taken else 401)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """The file has all that is worth knowing."""

        return Handler
