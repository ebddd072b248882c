"""Browsers, and small pages of a host and a viewer that talk to each other with no server between them."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, sync_playwright

from harness.browser.browsers import Browsers
from harness.browser.probe import Probe
from harness.config import HarnessSettings, load
from harness.setup import browser as browser_setup

PAGE = b"""<!doctype html><title>t</title>
<video aria-label="Live picture" autoplay playsinline muted></video><audio autoplay></audio>"""

OFFER = """async (constraints) => {
  window.stream = await navigator.mediaDevices.getUserMedia(constraints);
  const pc = window.pc = new RTCPeerConnection();
  for (const track of stream.getTracks()) pc.addTrack(track, stream);
  await pc.setLocalDescription();
  if (pc.iceGatheringState !== "complete") await new Promise((done) => {
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done();
  });
  return pc.localDescription.sdp;
}"""

ANSWER = """async (sdp) => {
  const pc = window.pc = new RTCPeerConnection();
  pc.ontrack = ({ track }) => {
    const element = document.querySelector(track.kind);
    element.srcObject = new MediaStream([track]);
  };
  await pc.setRemoteDescription({ type: "offer", sdp });
  await pc.setLocalDescription();
  if (pc.iceGatheringState !== "complete") await new Promise((done) => {
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done();
  });
  return pc.localDescription.sdp;
}"""


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
def playwright_api() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browsers(playwright_api: Playwright, chromium: Path, clips: Path) -> Iterator[Browsers]:
    with Browsers(playwright_api, chromium, clips) as running:
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


@dataclass
class Side:
    """A page of one side, and the probe that watches it."""

    page: Page
    probe: Probe

    @property
    def video(self) -> Locator:
        return self.page.get_by_label("Live picture")


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


def send(host: Side, viewer: Side, *, audio: bool = True, video: bool = True, instead: str = "") -> None:
    """The host captures and sends to the viewer, who plays what arrives.

    `instead` is what to do in the host's page between capturing and sending.
    """
    offer = host.page.evaluate(OFFER, {"audio": audio, "video": video})
    if instead:
        host.page.evaluate(instead)
    answer = viewer.page.evaluate(ANSWER, offer)
    host.page.evaluate("(sdp) => pc.setRemoteDescription({ type: 'answer', sdp })", answer)
