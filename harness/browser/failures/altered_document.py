"""The page's document comes in another way: with a header, on another origin, or inside another page.

The page's own code is served as it is; where its origin changes, its requests are passed on as from its own,
so that nothing else fails. Needs the page to be loaded anew, when it is armed and when it heals.
"""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from playwright.sync_api import Error as PlaywrightError

from harness.browser.devices import INSECURE_NAME
from harness.browser.eventually import limit
from harness.browser.failures.mechanism import Mechanism, NotProduced, Person

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from harness.browser.devices import Devices

EVERYTHING = "**/*"
LOADS_WITHIN = 15.0  # seconds
BODY = "x-harness-body"
# Playwright knows no bodies of what a Firefox sends: where the page is on another origin, its own code tells,
# in the spelling in which secrets are masked.
TELL_BODIES = """{
  const { fetch } = window, plain = (headers) => Object.fromEntries(new Headers(headers));
  const hex = (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  const spelled = (body) => encodeURIComponent(body).replace(/[!'()*]/g, hex);
  const told = ({ headers, body }) => ({ ...plain(headers), "NAME": spelled(body) });
  if (self.origin === "null" || !isSecureContext)
    window.fetch = (resource, options) =>
      fetch(resource, typeof options?.body === "string" ? { ...options, headers: told(options) } : options);
}""".replace("NAME", BODY)
ALLOWED = """() => (document.permissionsPolicy ?? document.featurePolicy)?.allowsFeature("camera")"""


def reach_loopback(page: Page) -> None:
    """Let the pages of this context reach servers of this machine, where the browser asks for that."""
    for permission in ("local-network-access", "loopback-network"):
        with suppress(PlaywrightError):
            page.context.grant_permissions([permission])


class AlteredDocument(Mechanism):
    """Every request of the page passes `route` until it heals."""

    def __init__(self, person: Person, devices: Devices | None) -> None:
        super().__init__(person, devices)
        self.url = ""
        self._healed = False

    def arm(self) -> None:
        self.url = self.page.url
        # A document that came through us is of no network that the browser knows.
        reach_loopback(self.page)
        if self.page.context.browser and self.page.context.browser.browser_type.name == "firefox":
            self.page.add_init_script(TELL_BODIES)
        self.page.route(EVERYTHING, self._pass)
        self.open()

    def open(self) -> None:
        """Load the page so that it fails."""
        self.page.goto(self.url, timeout=limit(LOADS_WITHIN))

    def heal(self) -> None:
        self._healed = True
        self.page.unroute(EVERYTHING, self._pass)
        self.person.view = self.page
        self.page.goto(self.url, timeout=limit(LOADS_WITHIN))

    def _pass(self, route: Route) -> None:
        try:
            self.route(route)
        except PlaywrightError:
            # What was under way when it healed was asked by a page that is gone: nobody waits for the answer.
            if not self._healed:
                raise

    @abstractmethod
    def route(self, route: Route) -> None:
        """What becomes of one request."""

    def is_document(self, route: Route) -> bool:
        """Whether it is the page itself that is asked for. Firefox calls its WebSockets so, too."""
        return route.request.resource_type == "document" and route.request.is_navigation_request()

    def from_own_origin(self, route: Route) -> None:
        """Pass a request on as from the page's own origin, and its answer to where the page is now."""
        request, (scheme, host, *_) = route.request, urlsplit(self.url)
        claimed = request.headers.get("origin")
        is_socket = request.resource_type == "document" and not self.is_document(route)
        if claimed is None or is_socket:
            route.continue_()
            return
        # By its own name: the insecure one is known to the browser alone.
        address = urlsplit(request.url)
        if address.hostname == INSECURE_NAME:
            address = address._replace(netloc=host)
        headers = {**request.headers, "origin": f"{scheme}://{host}"}
        body = headers.pop(BODY, None)
        if body is None and request.post_data is None and headers.get("content-length", "0") != "0":
            route.continue_()  # of a Firefox, and from no fetch: better as it is than without its body
            return
        sent = route.fetch(
            url=urlunsplit(address),
            headers=headers,
            post_data=None if body is None else unquote(body),
            max_redirects=0,
        )
        allowed = {"access-control-allow-origin": claimed, "cross-origin-resource-policy": "cross-origin"}
        route.fulfill(response=sent, headers={**sent.headers, **allowed})


class WithHeader(AlteredDocument):
    """The document has one more header: `name: value`."""

    name: str
    value: str

    def route(self, route: Route) -> None:
        if not self.is_document(route):
            self.from_elsewhere(route)
            return
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, self.name: self.value})

    def from_elsewhere(self, route: Route) -> None:
        """What the document itself asks for."""
        route.fallback()


class DeniedByPolicy(WithHeader):
    """The server's own header forbids camera and microphone."""

    name, value = "permissions-policy", "camera=(), microphone=()"

    def why_not_bitten(self) -> str | None:
        allowed = self.page.evaluate(ALLOWED)
        return "The page's policy was to forbid the camera, and allows it." if allowed is not False else None


class Sandboxed(WithHeader):
    """The document has no origin: its server, or who embeds it, put it into a sandbox."""

    name, value = "content-security-policy", "sandbox allow-scripts allow-forms"

    def from_elsewhere(self, route: Route) -> None:
        self.from_own_origin(route)

    def why_not_bitten(self) -> str | None:
        origin = self.page.evaluate("self.origin")
        return None if origin == "null" else f"The page was to be without an origin, and has {origin}."


class InsecureOrigin(AlteredDocument):
    """The page's address is http on a name that is not this machine's own: browsers give no devices there."""

    def open(self) -> None:
        address = urlsplit(self.url)
        if address.scheme != "http" or address.hostname not in ("127.0.0.1", "localhost"):
            raise NotProduced(
                f"An insecure origin needs a page served by http on this machine, not {self.url}."
            )
        insecure = address._replace(netloc=f"{INSECURE_NAME}:{address.port or 80}")
        try:
            self.page.goto(urlunsplit(insecure), timeout=limit(LOADS_WITHIN))
        except PlaywrightError as error:
            said = error.message.splitlines()[0]
            raise NotProduced(f"This browser cannot open {INSECURE_NAME} ({said}).") from None

    def route(self, route: Route) -> None:
        self.from_own_origin(route)

    def why_not_bitten(self) -> str | None:
        secure = self.page.evaluate("isSecureContext")
        return "The page was to be insecure, and the browser calls it secure." if secure else None
