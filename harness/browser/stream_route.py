"""Stream's own addresses lead one browser context to a local Stream: for pages that know no other.

REST goes by Playwright's routes, WebSockets by another constructor in the page; media and the signalling of
the SFU go where the local Stream's answers say. The page's code is not touched. Its Content-Security-Policy
would refuse addresses on this machine: make the context with `bypass_csp=True`; and with
`service_workers="block"`, because what a service worker asks passes every route by.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Route
from playwright.sync_api import Error as PlaywrightError

API = re.compile(r"^https://(video|chat)\.stream-io-api\.com/")
HINT = re.compile(r"^https://hint\.stream-io-video\.com/")
# A class of the page's own may extend WebSocket, so the constructor is replaced and nothing else of it.
SOCKETS = """(local => {
  const vendor = /^wss:\\/\\/(video|chat)\\.stream-io-api\\.com(?=\\/)/;
  WebSocket = new Proxy(WebSocket, {
    construct: (target, [address, ...others], made) =>
      Reflect.construct(target, [String(address).replace(vendor, local), ...others], made),
  });
})(LOCAL)"""


def route_stream(context: BrowserContext, base_url: str) -> None:
    """From now on the pages of `context` reach the local Stream at `base_url` in place of the vendor's."""

    def to_api(route: Route) -> None:
        address = urlsplit(route.request.url)
        _pass_on(route, f"{base_url}{address.path}{'?' if address.query else ''}{address.query}")

    context.route(API, to_api)
    context.route(HINT, lambda route: _pass_on(route, f"{base_url}/hint"))
    context.add_init_script(SOCKETS.replace("LOCAL", json.dumps(base_url.replace("http", "ws", 1))))


def _pass_on(route: Route, url: str) -> None:
    headers = route.request.headers
    # A request of a page is one here, too: the control API must know it from a program's.
    headers = {**headers, "origin": headers.get("origin", "null")}
    try:
        route.fulfill(response=route.fetch(url=url, headers=headers, max_redirects=0))
    except PlaywrightError as error:
        if "closed" not in error.message:  # a page that has gone waits for no answer
            route.abort("connectionreset")
