"""Writes down what a page sends, gets and says, and where the callId was seen on the way.

It only listens. Times are the browser's own where it gives them, so that being busy here does not move an
event.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections import deque
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import ConsoleMessage, Frame, Page, Request
from playwright.sync_api import Error as PlaywrightError

from harness.browser.eventually import patience
from harness.browser.exchange import CALL_OPERATION, Exchange, json_or_none
from harness.browser.probe import MediaRequest, Probe, is_probe
from harness.config import PartyMaking
from harness.trace.events import RunLog
from harness.trace.evidence import Row
from harness.trace.sightings import Ledger, Place, Sighting

Role = Literal["host", "viewer"]

PAGES_OWN = "[ListeningParty]"
IDS_IN_CONSOLE = re.compile(r"callType: (?P<type>[^,}\s]+), callId: (?P<id>[^,}\s]+)")
PARTY_IN_ADDRESS = re.compile(r"/party/(?P<id>[^/?#]+)")
ASKED_BY_SCRIPT = ("fetch", "xhr", "preflight", "ping")
MOST_KEPT = 1000  # lines of console and network, for who asks why later
SETTLES = 5.0  # seconds that an answer may take to be counted in
ABORTED = "net::ERR_ABORTED"  # the page itself gave it up
# Each place has one name for each role.
PAGE: dict[Role, Place] = {"host": "host page", "viewer": "viewer page"}
TOKEN_REQUEST: dict[Role, Place] = {"host": "host token request", "viewer": "viewer token request"}
TOKEN_ANSWER: dict[Role, Place] = {"host": "host token answer", "viewer": "viewer token answer"}
JOIN: dict[Role, Place] = {"host": "host join", "viewer": "viewer join"}
SFU_JOIN: dict[Role, Place] = {"host": "host SFU join", "viewer": "viewer SFU join"}


class Recorder:
    """Listens to `page`, which belongs to `who` in the `role` of host or viewer; make it before it navigates.

    `token_url` is the address of the token endpoint, `row` says where a party's row is, `party_in_address`
    finds the `id` in the address of a party's page. `journey` is set by whoever knows which party is meant.
    What it is asked for is complete: everything that the page had sent when it was asked; but each request is
    waited for SETTLES in all, so an answer that takes longer is in what is asked for later.
    """

    def __init__(
        self,
        page: Page,
        who: str,
        role: Role,
        run_log: RunLog,
        token_url: str,
        row: PartyMaking | None = None,
        party_in_address: re.Pattern[str] = PARTY_IN_ADDRESS,
    ) -> None:
        self.who = who
        self.began = time.time()
        self._row = row or PartyMaking()
        self.role = role
        self.journey: str | None = None
        self.probe = Probe(page, self)
        self.page = page
        self._run_log = run_log
        self._token_url = token_url
        self._party_in_address = party_in_address
        self._token_requests = 0
        # Each with the monotonic time until which it is waited for; None when nobody has waited for it yet.
        self._under_way: dict[Request, float | None] = {}
        # Of a document that the page leaves: browsers do not always tell how those ended.
        self._left_behind: set[Request] = set()
        self._exchanges: list[Exchange] = []
        self._sockets: list[tuple[float, str]] = []
        self._sightings: list[Sighting] = []
        self._kept: deque[Row] = deque(maxlen=MOST_KEPT)
        page.on("request", self._sent)
        page.on("requestfinished", self._finished)
        page.on("requestfailed", self._failed)
        page.on("console", self._console)
        page.on("framenavigated", self._navigated)
        page.on("pageerror", lambda error: self.event("error", text=str(error), level="error"))
        page.on("crash", lambda _: self.event("error", text="The page crashed.", level="error"))

    @property
    def exchanges(self) -> list[Exchange]:
        """The requests of the page's scripts that are over, in the order in which they ended."""
        self._catch_up()
        return list(self._exchanges)

    @property
    def token_requests(self) -> int:
        """How many requests for a token were sent, also those that are not over."""
        self._hear_all()
        return self._token_requests

    @property
    def sockets(self) -> list[tuple[float, str]]:
        """When and to which address (without its query) each WebSocket was opened."""
        self._hear_all()
        return list(self._sockets)

    @property
    def sightings(self) -> list[Sighting]:
        """Every place where the callId was seen in this page's traffic, address and console."""
        self._catch_up()
        return list(self._sightings)

    @property
    def kept(self) -> list[Row]:
        """The latest of console and network in full, also what is no event, without asking the page."""
        return list(self._kept)

    @property
    def console(self) -> list[str]:
        """The latest lines of the console, of whatever level, without it."""
        self._hear_all()
        return [row.text.partition(": ")[2] for row in self._kept if row.kind == "console"]

    def operations(self, operation: str) -> list[Exchange]:
        """The requests that asked `operation` (`join`, `go_live` ...) of a call on Stream, and are over."""
        asked = ((one, one.call_operation) for one in self.exchanges)
        return [one for one, of_call in asked if of_call and of_call.operation == operation]

    def event(self, what: str, *, t: float | None = None, **data: object) -> None:
        """An event of this person in the run log."""
        self._run_log.event(self.who, what, t=t, **data)

    def sight(self, where: Place, cid: str, evidence: str, t: float | None = None) -> None:
        """The callId was seen at `where`; `cid` is `type:id`, or the id alone."""
        call_type, call_id = Ledger.normalise(cid)
        when = time.time() if t is None else t
        sighting = Sighting(when, self.who, where, call_type, call_id, evidence, self.journey)
        self._sightings.append(sighting)
        self._run_log.event(**sighting.as_event())

    def media_settled(self, request: MediaRequest) -> None:
        """By the probe."""
        level = {"level": "error"} if request.error_name else {}
        self.event("media", t=request.t, name=request.method, text=str(request), **level)

    def socket_opened(self, t: float, url: str, cid: str | None) -> None:
        """By the probe."""
        self._sockets.append((t, url))
        self._keep(t, "network", f"WebSocket {url}")
        self.event("request", t=t, text=f"WebSocket {url}")
        if cid is not None:
            self.sight(SFU_JOIN[self.role], cid, f"{url}?cid={cid}", t)

    def stream_told(self, t: float, event: str, cid: str) -> None:
        """By the probe."""
        self.event("stream event", t=t, text=f"Stream: {event}")
        self.sight("Stream event", cid, f"{event} over Stream's WebSocket", t)

    def _hear_all(self) -> None:
        """Until what the page did before this moment is known: its answer comes after all of that."""
        with contextlib.suppress(PlaywrightError):  # a page that is closed or leaves has nothing more to tell
            self.page.evaluate("0")

    def _catch_up(self) -> None:
        """Until the requests that were sent before this moment are over and read, or were waited for.

        For each SETTLES in all: a page may stream for ever.
        """
        self._hear_all()
        until = time.monotonic() + SETTLES * patience()
        sent = {request: waited or until for request, waited in self._under_way.items()}
        self._under_way.update(sent)
        while not self.page.is_closed() and any(self._is_awaited(request) for request in sent):
            self._hear_all()

    def _is_awaited(self, request: Request) -> bool:
        return (self._under_way.get(request) or 0.0) > time.monotonic()

    def _tells_ids(self, request: Request) -> bool:
        """Whether the answer says which call it is about, beside what was asked."""
        address = request.url.partition("?")[0]
        asked = CALL_OPERATION.search(address)
        return (
            self._is_token(request)
            or (request.method == "GET" and self._is_row(address))
            or (asked is not None and asked["operation"] in (None, "join", "go_live"))
        )

    def _is_row(self, address: str) -> bool:
        return address.endswith(f"/{self._row.table}")

    def _is_token(self, request: Request) -> bool:
        return request.method == "POST" and request.url.partition("?")[0] == self._token_url

    def _sent(self, request: Request) -> None:
        if request.resource_type in ASKED_BY_SCRIPT:
            self._under_way[request] = None
        if self._leads_elsewhere(request):
            self._left_behind = set(self._under_way)
        if self._is_token(request):
            self._token_requests += 1

    def _leads_elsewhere(self, request: Request) -> bool:
        return request.is_navigation_request() and request.frame == self.page.main_frame

    def _finished(self, request: Request) -> None:
        if self._leads_elsewhere(request):
            for left in self._left_behind:
                self._under_way.pop(left, None)
        response = request.existing_response
        answer = None
        if response is not None and self._tells_ids(request):
            try:
                answer = json_or_none(response.text())
            except PlaywrightError:  # the page was closed or left before the answer could be read
                if self._is_token(request):
                    self.event("error", text="The token endpoint's answer could not be read.", level="error")
        self._over(request, status=response and response.status, answer=answer)

    def _failed(self, request: Request) -> None:
        self._over(request, failure=request.failure)

    def _over(self, request: Request, **outcome: Any) -> None:  # noqa: ANN401 - the fields of Exchange
        t, seconds = _timing(request)
        asked = request.resource_type in ASKED_BY_SCRIPT
        body = json_or_none(request.post_data) if asked else None
        exchange = Exchange(t, seconds, request.method, request.url, body=body, **outcome)
        self._keep_exchange(exchange, request.resource_type)
        if not asked:
            return
        self._exchanges.append(exchange)
        self._under_way.pop(request, None)
        went_wrong = not exchange.is_ok and exchange.failure != ABORTED
        self.event("request", t=t, text=str(exchange), **({"level": "error"} if went_wrong else {}))
        if self._is_token(request):
            self._sight_token(exchange)
        self._sight_operation(exchange)
        self._sight_row(exchange)

    def _keep_exchange(self, exchange: Exchange, kind: str) -> None:
        bodies = {"sent": exchange.body, "answered": exchange.answer}
        said = {name: body for name, body in bodies.items() if body is not None}
        result = str(exchange).partition(" -> ")[2]
        text = f"{kind}: {exchange.method} {exchange.address} -> {result}"
        bad = exchange.failure not in (None, ABORTED) or (exchange.status or 0) >= 400
        self._keep(exchange.t, "network", text, json.dumps(said, indent=1) if said else "", bad=bad)

    def _keep(self, t: float, kind: str, text: str, more: str = "", *, bad: bool = False) -> None:
        self._kept.append(Row(t, self.who, kind, text, bad, more))

    def _sight_token(self, exchange: Exchange) -> None:
        said = f"{exchange.method} {exchange.address}"
        for where, when, ids in (
            (TOKEN_REQUEST[self.role], exchange.t, exchange.body),
            (TOKEN_ANSWER[self.role], exchange.answered_at, exchange.answer),
        ):
            if isinstance(ids, dict) and ids.get("callId"):
                call_type, call_id = ids.get("callType"), ids["callId"]
                cid = f"{call_type}:{call_id}" if call_type else str(call_id)
                self.sight(where, cid, f"{said}: callType {call_type}, callId {call_id}", when)

    def _sight_operation(self, exchange: Exchange) -> None:
        asked = exchange.call_operation
        places: dict[str, Place] = {"join": JOIN[self.role], "go_live": "go live"}
        if asked is not None:
            # Whatever else a page asks of a call, it is the call that the page is about.
            where = places.get(asked.operation, PAGE[self.role])
            cid = f"{asked.call_type}:{asked.call_id}"
            self.sight(where, cid, f"{exchange.method} {exchange.address}", exchange.t)
            if isinstance(exchange.answer, dict) and (call := exchange.answer.get("call")):
                evidence = f"{exchange}: the call in the answer"
                self.sight(where, str(call.get("cid")), evidence, exchange.answered_at)

    def _sight_row(self, exchange: Exchange) -> None:
        """What the party's row is asked for, told, and said to hold; of others, and of lists, nothing."""
        query = parse_qs(urlsplit(exchange.url).query)
        operator, _, asked = query.get(self._row.id, [""])[0].partition(".")
        column = self._row.stream_app_id
        if operator != "eq" or not self._is_row(exchange.path):
            return
        if exchange.method == "GET" and asked == self.journey:
            rows = exchange.answer if isinstance(exchange.answer, list) else [exchange.answer]
            for named in (row[column] for row in rows if isinstance(row, dict) and row.get(column)):
                self.sight("party row", str(named), f"{exchange}: {column}={named}", exchange.answered_at)
        elif exchange.method == "PATCH":
            evidence = f"{exchange.method} {exchange.address}?{self._row.id}=eq.{asked}"
            self.sight("party row", asked, evidence, exchange.t)
            if isinstance(exchange.body, dict) and column in exchange.body:
                named = str(exchange.body[column])
                # What the page meant to write; what was written, the database says.
                self.sight("party row", named, f"{exchange.method} {column}={named}", exchange.t)

    def sight_links(self) -> None:
        """The parties that the page, as it is drawn now, leads to."""
        with contextlib.suppress(PlaywrightError):  # a page that is closed shows nothing
            for link in self.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
                if party := self._party_in_address.search(link):
                    self.sight(PAGE[self.role], party["id"], f"link {link.partition('?')[0]}")

    def _console(self, message: ConsoleMessage) -> None:
        if is_probe(message):
            return
        t, text = message.timestamp / 1000, message.text
        is_own = text.startswith(PAGES_OWN)
        self._keep(t, "console", f"{message.type}: {text}", bad=message.type == "error")
        if is_own or message.type in ("error", "warning"):
            level = {"level": "error"} if message.type == "error" else {}
            self.event("console", t=t, text=text, **level)
        if is_own and (ids := IDS_IN_CONSOLE.search(text)):
            self.sight(PAGE[self.role], f"{ids['type']}:{ids['id']}", f"console: {text}", t)

    def _navigated(self, frame: Frame) -> None:
        if frame.parent_frame is not None:
            return
        self.event("page", text=f"opens {frame.url.partition('?')[0]}")
        if party := self._party_in_address.search(frame.url):
            self.sight(PAGE[self.role], party["id"], f"address {frame.url.partition('?')[0]}")


def _timing(request: Request) -> tuple[float, float]:
    """When it was sent, in unix seconds, and how many seconds later its answer began."""
    timing, now = request.timing, time.time()
    if timing["startTime"] <= 0:  # it failed before it was sent
        return now, 0.0
    sent = timing["startTime"] / 1000
    # The beginning, not the end: a page may act on an answer before the browser has closed its books on it.
    return sent, timing["responseStart"] / 1000 if timing["responseStart"] >= 0 else max(0.0, now - sent)
