"""Writes down what a page sends, gets and says, and where the callId was seen on the way.

It only listens. Times are the browser's own where it gives them, so that being busy here does not move an
event.
"""

from __future__ import annotations

import re
import time
from typing import Any, Literal

from playwright.sync_api import ConsoleMessage, Frame, Page, Request, WebSocket
from playwright.sync_api import Error as PlaywrightError

from harness.browser.exchange import Exchange, cid_of_socket, is_coordinator_socket, json_or_none
from harness.browser.probe import is_probe
from harness.trace.events import RunLog
from harness.trace.sightings import Ledger, Place, Sighting

Role = Literal["host", "viewer"]

PAGES_OWN = "[ListeningParty]"
IDS_IN_CONSOLE = re.compile(r"callType: (?P<type>[^,}\s]+), callId: (?P<id>[^,}\s]+)")
PARTY_IN_ADDRESS = re.compile(r"/party/(?P<id>[^/?#]+)")
ASKED_BY_SCRIPT = ("fetch", "xhr", "preflight", "ping")
ABORTED = "net::ERR_ABORTED"  # the page itself gave it up
# Each place has one name for each role.
PAGE: dict[Role, Place] = {"host": "host page", "viewer": "viewer page"}
TOKEN_REQUEST: dict[Role, Place] = {"host": "host token request", "viewer": "viewer token request"}
TOKEN_ANSWER: dict[Role, Place] = {"host": "host token answer", "viewer": "viewer token answer"}
JOIN: dict[Role, Place] = {"host": "host join", "viewer": "viewer join"}
SFU_JOIN: dict[Role, Place] = {"host": "host SFU join", "viewer": "viewer SFU join"}


class Recorder:
    """Listens to `page`, which belongs to `who` in the `role` of host or viewer.

    `token_url` is the address of the token endpoint. `journey` is set by whoever knows which party is meant.
    """

    def __init__(self, page: Page, who: str, role: Role, run_log: RunLog, token_url: str) -> None:
        self.who = who
        self.role = role
        self.journey: str | None = None
        self.exchanges: list[Exchange] = []  # those that are over, in the order in which they ended
        self.token_requests = 0  # sent, also those that are not over
        self.sockets: list[tuple[float, str]] = []  # time and address of each WebSocket that was opened
        self.sightings: list[Sighting] = []
        self._run_log = run_log
        self._token_url = token_url
        page.on("request", self._sent)
        page.on("requestfinished", self._finished)
        page.on("requestfailed", self._failed)
        page.on("websocket", self._socket)
        page.on("console", self._console)
        page.on("framenavigated", self._navigated)
        page.on("pageerror", lambda error: self.event("error", text=str(error), level="error"))
        page.on("crash", lambda _: self.event("error", text="The page crashed.", level="error"))

    def event(self, what: str, *, t: float | None = None, **data: object) -> None:
        """An event of this person in the run log."""
        self._run_log.event(self.who, what, t=t, **data)

    def sight(self, where: Place, cid: str, evidence: str, t: float | None = None) -> None:
        """The callId was seen at `where`; `cid` is `type:id`, or the id alone."""
        call_type, call_id = Ledger.normalise(cid)
        when = time.time() if t is None else t
        sighting = Sighting(when, self.who, where, call_type, call_id, evidence, self.journey)
        self.sightings.append(sighting)
        self._run_log.event(**sighting.as_event())

    def operations(self, operation: str) -> list[Exchange]:
        """The requests that asked `operation` (`join`, `go_live` ...) of a call on Stream."""
        return [
            one for one in self.exchanges if one.call_operation and one.call_operation.operation == operation
        ]

    def _is_token(self, request: Request) -> bool:
        return request.method == "POST" and request.url.partition("?")[0] == self._token_url

    def _sent(self, request: Request) -> None:
        if self._is_token(request):
            self.token_requests += 1

    def _finished(self, request: Request) -> None:
        response = request.existing_response
        answer = None
        if response is not None and self._is_token(request):
            try:
                answer = json_or_none(response.text())
            except PlaywrightError:  # the page was closed or left before the answer could be read
                self.event("error", text="The token endpoint's answer could not be read.", level="error")
        self._over(request, status=response and response.status, answer=answer)

    def _failed(self, request: Request) -> None:
        self._over(request, failure=request.failure)

    def _over(self, request: Request, **outcome: Any) -> None:  # noqa: ANN401 - the fields of Exchange
        if request.resource_type not in ASKED_BY_SCRIPT:
            return
        timing = request.timing
        t = timing["startTime"] / 1000 if timing["startTime"] > 0 else time.time()
        seconds = max(0.0, timing["responseEnd"] / 1000)
        body = json_or_none(request.post_data)
        exchange = Exchange(t, seconds, request.method, request.url, body=body, **outcome)
        self.exchanges.append(exchange)
        went_wrong = not exchange.is_ok and exchange.failure != ABORTED
        self.event("request", t=t, text=str(exchange), **({"level": "error"} if went_wrong else {}))
        if self._is_token(request):
            self._sight_token(exchange)
        self._sight_operation(exchange)

    def _sight_token(self, exchange: Exchange) -> None:
        said = f"{exchange.method} {exchange.address}"
        for where, when, ids in (
            (TOKEN_REQUEST[self.role], exchange.t, exchange.body),
            (TOKEN_ANSWER[self.role], exchange.t + exchange.seconds, exchange.answer),
        ):
            if isinstance(ids, dict) and ids.get("callId"):
                call_type, call_id = ids.get("callType"), ids["callId"]
                cid = f"{call_type}:{call_id}" if call_type else str(call_id)
                self.sight(where, cid, f"{said}: callType {call_type}, callId {call_id}", when)

    def _sight_operation(self, exchange: Exchange) -> None:
        asked = exchange.call_operation
        places: dict[str, Place] = {"join": JOIN[self.role], "go_live": "go live"}
        if asked is not None and asked.operation in places:
            cid = f"{asked.call_type}:{asked.call_id}"
            self.sight(places[asked.operation], cid, f"{exchange.method} {exchange.address}", exchange.t)

    def _socket(self, socket: WebSocket) -> None:
        self.sockets.append((time.time(), socket.url))
        address = socket.url.partition("?")[0]
        self.event("request", text=f"WebSocket {address}")
        socket.on("close", lambda _: self.event("request", text=f"WebSocket {address} closed"))
        cid = cid_of_socket(socket.url)
        if cid is not None:
            self.sight(SFU_JOIN[self.role], cid, f"{address}?cid={cid}")
        if is_coordinator_socket(socket.url):
            socket.on("framereceived", self._stream_event)

    def _stream_event(self, payload: str | bytes) -> None:
        event = json_or_none(payload) if isinstance(payload, str) else None
        if isinstance(event, dict) and event.get("call_cid"):
            self.event("stream event", text=f"Stream: {event.get('type')}")
            self.sight("Stream event", event["call_cid"], f"{event.get('type')} over Stream's WebSocket")

    def _console(self, message: ConsoleMessage) -> None:
        if is_probe(message):
            return
        t, text = message.timestamp / 1000, message.text
        is_own = text.startswith(PAGES_OWN)
        if is_own or message.type in ("error", "warning"):
            level = {"level": "error"} if message.type == "error" else {}
            self.event("console", t=t, text=text, **level)
        if is_own and (ids := IDS_IN_CONSOLE.search(text)):
            self.sight(PAGE[self.role], f"{ids['type']}:{ids['id']}", f"console: {text}", t)

    def _navigated(self, frame: Frame) -> None:
        if frame.parent_frame is not None:
            return
        self.event("page", text=f"opens {frame.url.partition('?')[0]}")
        if party := PARTY_IN_ADDRESS.search(frame.url):
            self.sight(PAGE[self.role], party["id"], f"address {frame.url.partition('?')[0]}")
