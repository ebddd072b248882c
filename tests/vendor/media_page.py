"""A page with one person of a call, through either generation of Stream's client, built for one test run."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

from harness.browser.probe import Probe
from harness.serving import LOOPBACK
from harness.setup import npm
from tests.unit.local_stream.server import API_KEY, token
from tests.vendor.vitest import Clients

SOURCES = Path(__file__).with_name("media")


def built(folder: Path, modules: Path) -> Path:
    """The page, built in `folder` with the vendor's packages; raises SetUpError."""
    sources = folder / "page"
    shutil.copytree(SOURCES, sources)
    (folder / "node_modules").symlink_to(modules)
    vite = modules / "vite" / "bin" / "vite.js"
    npm.run_node(sources, "Building the page of the media tests", vite, "build", "--logLevel=error")
    return sources / "dist"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of what is in `folder`."""
    handler = functools.partial(_Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer((LOOPBACK, 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass(frozen=True)
class Person:
    """Somebody in a call, in a page of their own."""

    page: Page

    @classmethod
    def joins(
        cls,
        window: BrowserContext,
        page_url: str,
        clients: Clients,
        base_url: str,
        user_id: str,
        call_id: str,
    ) -> Person:
        """`user_id` opens the page and joins the livestream."""
        page = window.new_page()
        Probe(page)
        page.goto(page_url)
        page.mouse.click(5, 5)  # browsers play sound only to who has touched the page
        join = {
            "generation": clients,
            "apiKey": API_KEY,
            "userId": user_id,
            "token": token({"user_id": user_id}),
            "baseURL": base_url,
            "callId": call_id,
        }
        page.evaluate("join => person.join(join)", join)
        return cls(page)

    @property
    def camera(self) -> Locator:
        """The element that shows the other's camera."""
        return self.page.locator("#camera")

    def does(self, what: str, *arguments: object) -> Any:  # noqa: ANN401 - JSON
        """Call a function of the page's `person`."""
        return self.page.evaluate(f"arguments => person.{what}(...arguments)", list(arguments))

    def width_of(self, element: str) -> int:
        """How wide the picture is that comes; 0 before the first."""
        return int(self.does("width", element))

    def frames_received(self, ssrc: int | None = None) -> int:
        """Pictures that were decoded, of all streams or of one."""
        came = [entry for entry in self.does("received") if ssrc in (None, entry["ssrc"])]
        return sum(int(entry.get("framesDecoded", 0)) for entry in came)

    def frames_sent(self, width: int) -> int:
        """Pictures of this width that were encoded."""
        sent = [entry for entry in self.does("sent") if entry.get("frameWidth") == width]
        return sum(int(entry.get("framesEncoded", 0)) for entry in sent)

    def layers_sent(self) -> set[str]:
        """The simulcast layers of the camera that are encoded now."""
        return {entry["rid"] for entry in self.does("sent") if entry.get("rid") and entry.get("active")}
