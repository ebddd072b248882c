"""What goes wrong between one page and what it asks: on purpose, of that page alone, and counted.

The page's requests are caught in the browser, so it works with every back end. Effects are functions of a
Playwright route; `asks_...` say which requests they are for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Request, Route

from harness.browser.eventually import eventually
from harness.browser.exchange import CALL_OPERATION
from harness.browser.visitor import Visitor
from harness.errors import Finding, HarnessError, NotGiven
from harness.target import Target

Asks = Callable[[Request], bool]
Effect = Callable[[Route], None]
BITES_WITHIN = 20.0  # seconds
TAKEN_BACK_WITHIN = 5.0  # seconds: pages give up a request after more


class Fault:
    """A context: inside it `effect` befalls those requests of `person`'s page that `asks` finds.

    `name` is told with whatever is found meanwhile: of several faults, which one was met badly. A fault that
    befell nothing proves nothing: leaving the context then raises HarnessError, or NotGiven where the page is
    another app's, which may ask elsewhere. What the page told before it has to take back when it tries again:
    else its old sentence would pass for one about this fault.
    """

    def __init__(self, person: Visitor, asks: Asks, effect: Effect, name: str = "") -> None:
        self.hits = 0
        self._name = name
        self._is_other_app = person.target.host.url is not None
        self._person, self._page, self._asks, self._effect = person, person.page, asks, effect
        self._told_before: list[str] = []
        self._still_told: list[str] = []
        self._looks = False

    def __enter__(self) -> Fault:
        self._told_before = self._person.errors
        self._page.route("**/*", self._meet)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            eventually(self._why_looking, within=2 * TAKEN_BACK_WITHIN)
        if isinstance(self._effect, Held):
            self._effect.let_go()
        self._page.unroute("**/*", self._meet)
        if error is None and not self.hits:
            raise self._none("A fault was to be met, but no request did")
        if error is None and self._still_told:
            raise self._stale()
        if self._name and isinstance(error, Finding | AssertionError):
            raise type(error)(f"With {self._name}: {error}") from error

    def bites(self, times: int = 1) -> None:
        """Wait until it has befallen so many requests. Raises HarnessError when it does not."""
        try:
            eventually(lambda: self._why_not(times), within=BITES_WITHIN)
        except Finding as finding:
            raise self._none(str(finding)) from None

    def _none(self, why: str) -> HarnessError:
        if self._is_other_app and not self.hits:
            return NotGiven(
                f"needs a page that asks the token endpoint, Stream and its tables itself ({why})"
            )
        return HarnessError(f"{why}: what was checked says nothing.")

    def _why_not(self, times: int) -> str | None:
        self._page.evaluate("0")  # lets Playwright hand out the requests
        return None if self.hits >= times else f"a fault was to bite {times} times, it bit {self.hits} times"

    def _let_take_back(self) -> None:
        still: list[str] = []

        def why_not_yet() -> str | None:
            still[:] = [told for told in self._person.errors if told in self._told_before]
            return "It is still told." if still else None

        self._looks = True
        with suppress(Finding, PlaywrightError):
            eventually(why_not_yet, within=TAKEN_BACK_WITHIN)
        self._still_told, self._looks = still, False

    def _why_looking(self) -> str | None:
        if not self._looks:
            return None
        self._page.evaluate("0")  # lets it go on
        return "It is still looked at whether the page takes an old error back."

    def _stale(self) -> Finding | NotGiven:
        told = f"while it tried again the page went on showing {self._still_told[0]!r}"
        if self._is_other_app:
            return NotGiven(f"needs a page that takes an error back when it tries again ({told})")
        return Finding(
            f"Expected an old error to be taken back: {told}, so a new one cannot be told from it."
        )

    def _meet(self, route: Route) -> None:
        if not self._asks(route.request) or route.request.method == "OPTIONS":
            return route.fallback()
        self.hits += 1
        if self.hits == 1 and self._told_before:
            self._let_take_back()
        with suppress(PlaywrightError):  # a page that gave up waits for no answer
            self._effect(route)
        return None


class Held:
    """An effect: the request waits, until `let_go` sends it on. It goes on, too,
    when the fault is over."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def __call__(self, route: Route) -> None:
        self._routes.append(route)

    @property
    def holds(self) -> bool:
        """Whether a request waits now."""
        return bool(self._routes)

    def let_go(self) -> None:
        """Everything that waits goes on its way."""
        for route in self._routes:
            with suppress(PlaywrightError):
                route.continue_()
        self._routes.clear()


def breaks_off(route: Route) -> None:
    """An effect: the connection is reset, and nobody got the request."""
    route.abort("connectionreset")


def loses_the_answer(route: Route) -> None:
    """An effect: the request is carried out, its answer is lost."""
    route.fetch(max_redirects=0)
    route.abort("connectionreset")


def answers(status: int, body: object, content_type: str = "application/json") -> Effect:
    """An effect: this in place of the real answer; nobody got the request. `body` is JSON or a text."""

    def answer(route: Route) -> None:
        if isinstance(body, str):
            route.fulfill(status=status, body=body, content_type=content_type)
        else:
            route.fulfill(status=status, json=body)

    return answer


def answers_with(changed: Callable[[dict[str, Any]], dict[str, Any]]) -> Effect:
    """An effect: the real answer, its JSON changed."""

    def answer(route: Route) -> None:
        real = route.fetch(max_redirects=0)
        route.fulfill(response=real, json=changed(real.json()))

    return answer


def names_another_origin(route: Route) -> None:
    """An effect: the real answer, for pages of another site: the browser keeps it back (CORS)."""
    real = route.fetch(max_redirects=0)
    headers = {**real.headers, "access-control-allow-origin": "https://another-site.example"}
    route.fulfill(response=real, headers=headers)


def asks_token(target: Target) -> Asks:
    """The requests for a token."""
    return lambda request: request.method == "POST" and request.url.partition("?")[0] == target.token_url


def asks_stream(operation: str) -> Asks:
    """The requests that ask this (`join`, `go_live`, `stop_live`) of a call on Stream."""

    def asks(request: Request) -> bool:
        found = CALL_OPERATION.search(request.url.partition("?")[0])
        return found is not None and found["operation"] == operation

    return asks


def saves_party(target: Target) -> Asks:
    """The updates of a party's row; raises NotGiven where the page leaves them to its server."""
    if target.party.row_by != "page":
        raise NotGiven("needs a page that writes the party's row itself (party.row_by)")
    table = f"/{target.party.table}"
    return lambda request: request.method == "PATCH" and request.url.partition("?")[0].endswith(table)
