"""Pages that know only the vendor's addresses, with the real SDK, go live on the local Stream."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Request, WebSocket

from harness.browser.browsers import Browsers
from harness.browser.host import Host
from harness.browser.stream_route import route_stream
from harness.browser.viewer import Viewer
from harness.config import HarnessSettings
from harness.setup import pages
from harness.stack import Stack
from harness.target import Supabase
from harness.target.personas import Personas
from harness.trace.events import RunLog

VENDOR = {"video.stream-io-api.com", "hint.stream-io-video.com"}


class UnmodifiedPages(Stack):
    """The reference system, but nobody told its pages of another Stream than the vendor's."""

    def _environment(self, name: str) -> dict[str, str]:
        told = super()._environment(name)
        if name == "pages":
            del told["STREAM_BASE_URL"]
        return told


@pytest.fixture(scope="module")
def stack(harness_settings: HarnessSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with UnmodifiedPages(
        tmp_path_factory.mktemp("run"), harness_settings, pages.ensure(harness_settings)
    ) as it:
        yield it


class Watch:
    """Every host that a context asked for."""

    def __init__(self, context: BrowserContext) -> None:
        self.hosts: set[str] = set()
        self.reached: set[str | None] = set()
        context.on("request", lambda request: self.hosts.add(_host(request.url)))
        context.on("requestfinished", self._finished)
        context.on("page", lambda page: page.on("websocket", self._opened))

    def _finished(self, request: Request) -> None:
        response = request.response()
        server = response.server_addr() if response else None
        self.reached.add(server["ipAddress"] if server else None)

    def _opened(self, socket: WebSocket) -> None:
        self.hosts.add(_host(socket.url))


def test_host_and_viewer_meet_on_the_local_stream(
    stack: Stack, browsers: Browsers, run_log: RunLog, names: Personas
) -> None:
    target = stack.target
    assert target.stream_base_url is not None
    supabase = Supabase(target)
    party = supabase.create_party(supabase.create_user(names.name()), "A party")
    watches = []

    def window(profile: str, *permissions: str) -> BrowserContext:
        context = browsers.of(profile).new_context(
            bypass_csp=True, service_workers="block", permissions=list(permissions)
        )
        assert target.stream_base_url is not None
        route_stream(context, target.stream_base_url)
        watches.append(Watch(context))
        return context

    with (
        window("host_a", "camera", "microphone") as at_host,
        window("no_devices") as at_viewer,
    ):
        host = Host(at_host, "host", party.host, target, run_log, "host_a")
        viewer = Viewer(at_viewer, "viewer", supabase.create_user(names.name()), target, run_log)
        host.comes_to(party)
        viewer.comes_to(party)
        host.goes_live()
        viewer.sees(host).hears(host)
    supabase.close()
    for watch in watches:
        # The vendor's names were asked for, and nobody behind them: answers came from here or from 127.0.0.1.
        assert watch.hosts == VENDOR | {"127.0.0.1"}
        assert watch.reached <= {None, "127.0.0.1"}
    journal = httpx.get(f"{stack.stream_control_url}/journal").json()["entries"]
    asked = {entry["operation"] for entry in journal if entry["door"] in ("client", "ws")}
    assert {"Connect", "LocationHint", "GetCall", "JoinCall", "GoLive"} <= asked
    assert "Unknown" not in asked


def test_pages_still_may_not_use_the_control_api(stack: Stack, browsers: Browsers, page_url: str) -> None:
    assert stack.target.stream_base_url is not None
    with browsers.of("no_devices").new_context(bypass_csp=True) as context:
        route_stream(context, stack.target.stream_base_url)
        page = context.new_page()
        page.goto(page_url)
        ask = "method => fetch('https://video.stream-io-api.com/_control/journal', {mode: 'no-cors', method})"
        with page.expect_response("**/_control/journal") as answered:
            page.evaluate(ask, "GET")
        assert answered.value.status == 403


def test_a_local_stream_that_is_gone_is_a_dead_line(browsers: Browsers, page_url: str) -> None:
    with browsers.of("no_devices").new_context(bypass_csp=True) as context:
        route_stream(context, "http://127.0.0.1:1")
        page = context.new_page()
        page.goto(page_url)
        ask = "fetch('https://video.stream-io-api.com/video/x').then(() => 'answered', () => 'refused')"
        assert page.evaluate(ask) == "refused"


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
