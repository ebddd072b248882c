"""Browsers, and pages in them: empty ones that talk to each other, and those of a small app."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Playwright

from harness.browser.browsers import Browsers
from harness.browser.probe import Probe
from harness.config import HarnessSettings, load
from harness.serving import bind
from harness.setup import browser as browser_setup
from harness.target import Target
from harness.trace.events import RunLog
from tests.unit.browser.sides import Side
from tests.unit.browser.small_app import TOKEN_PATH, app

PAGE = b"""<!doctype html><title>t</title>
<video aria-label="Live picture" autoplay playsinline muted></video><audio autoplay></audio>"""


class _PageServer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def page_url() -> Iterator[str]:
    """Where an empty page with a video and an audio element is."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _PageServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser that the harness uses here."""
    return browser_setup.ensure(load(HarnessSettings))


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def browsers(playwright: Playwright, chromium: Path, clips: Path) -> Iterator[Browsers]:
    with Browsers(playwright, chromium, clips) as running:
        yield running


@pytest.fixture
def new_window(browsers: Browsers) -> Iterator[Callable[..., BrowserContext]]:
    """Makes contexts that end with the test."""
    made: list[BrowserContext] = []

    def make(profile: str, *permissions: str) -> BrowserContext:
        made.append(browsers.new_context(profile, permissions))
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def new_side(new_window: Callable[..., BrowserContext], page_url: str) -> Callable[..., Side]:
    """Makes pages that are open, with a probe: `new_side("host_a", "camera", "microphone")`."""

    def make(profile: str, *permissions: str) -> Side:
        page = new_window(profile, *permissions).new_page()
        side = Side(page, Probe(page))
        page.goto(page_url)
        return side

    return make


@pytest.fixture
def new_host(new_side: Callable[..., Side]) -> Callable[..., Side]:
    return lambda profile="host_a": new_side(profile, "camera", "microphone")


@pytest.fixture
def viewer(new_side: Callable[..., Side]) -> Side:
    return new_side("no_devices")


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """The small app, served."""
    listener = bind()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield Target(token_url=url + TOKEN_PATH, pages_url=url, supabase_url=url, stream_api_secret="secret")
    server.should_exit = True
    thread.join()


@pytest.fixture
def run_log(tmp_path: Path) -> RunLog:
    return RunLog(tmp_path / "events.jsonl")
