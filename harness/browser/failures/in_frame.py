"""The page is embedded in one of another origin, which does not allow it any device."""

from __future__ import annotations

import http.server
import threading
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.browser.eventually import limit
from harness.browser.failures.altered_document import ALLOWED, LOADS_WITHIN
from harness.browser.failures.mechanism import Mechanism, NotProduced

if TYPE_CHECKING:
    from playwright.sync_api import Frame

STYLE = "position:fixed;inset:0;width:100%;height:100%;border:0"


class InFrame(Mechanism):
    """The other page has a server of its own: browsers do not let just any page embed one of this machine."""

    _server: http.server.ThreadingHTTPServer | None = None

    def arm(self) -> None:
        self._url = self.page.url
        frame = f'<iframe src="{escape(self._url)}" style="{STYLE}"></iframe>'
        self._server = _serve(f"<!doctype html><title>Embedding</title>{frame}".encode())
        other = "localhost" if urlsplit(self._url).hostname != "localhost" else "127.0.0.1"
        self.page.goto(f"http://{other}:{self._server.server_port}/", timeout=limit(LOADS_WITHIN))
        self.person.view = self._inner()

    def heal(self) -> None:
        self.person.view = self.page
        try:
            self.page.goto(self._url, timeout=limit(LOADS_WITHIN))
        finally:
            if self._server is not None:
                self._server.shutdown()
                self._server.server_close()

    def why_not_bitten(self) -> str | None:
        if self.person.view is self.page:
            return "The page was to be inside another, and is not."
        allowed = self.person.view.evaluate(ALLOWED)
        if allowed is None:  # Firefox tells no page its policy: that of a frame from elsewhere allows nothing
            allowed = self.page.evaluate("self.origin") == self.person.view.evaluate("self.origin")
        return (
            "The page inside was to get no camera, and its policy allows it."
            if allowed is not False
            else None
        )

    def _inner(self) -> Frame:
        inner = [frame for frame in self.page.frames if frame.parent_frame is not None]
        if not inner or not inner[0].url.startswith("http"):
            raise NotProduced(f"The page at {self._url} could not be embedded: it refuses to be framed.")
        return inner[0]


def _serve(document: bytes) -> http.server.ThreadingHTTPServer:
    class Embedding(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Embedding)
    threading.Thread(target=server.serve_forever, name="embedding page", daemon=True).start()
    return server
