"""The control API, `/_control/...`: reset, inspect, disturb. Only when settings say so, never for pages."""

from __future__ import annotations

import json
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_stream.control.access import must_be_filters, not_for_pages, refused
from harness.local_stream.control.faults import fault_routes
from harness.local_stream.control.health import health_route
from harness.local_stream.control.outages import outage_route
from harness.local_stream.control.seed import Seed
from harness.local_stream.control.webhooks import webhook_routes
from harness.local_stream.coordinator.body import read_object
from harness.local_stream.coordinator.call_response import call_response, members_response
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.encoding import dump, iso
from harness.local_stream.coordinator.location_hint import OPERATION as LOCATION_HINT
from harness.local_stream.coordinator.operations import Operation

JSON = "application/json"
LONGEST_NUMBER = 18
MOST_OFFSET = 10 * 365 * 24 * 3600
JOURNAL_FILTERS = ("call_cid", "user_id", "operation", "after_seq")
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Control:
    """What tests and people may do to the local Stream beside its API."""

    def __init__(self, coordinator: Coordinator, operations: Iterable[Operation]) -> None:
        self._coordinator = coordinator
        operations = list(operations)
        self._requests = {LOCATION_HINT, *(operation.name for operation in operations)}
        self._seed = Seed(coordinator, operations)

    def routes(self) -> list[Route]:
        """Routes below `/_control`."""
        return [
            Route("/reset", not_for_pages(self._reset), methods=["POST"]),
            Route("/journal", not_for_pages(self._journal), methods=["GET"]),
            Route("/calls/{type}/{id}", not_for_pages(self._call), methods=["GET"]),
            Route("/clock", not_for_pages(self._clock), methods=["GET", "POST"]),
            health_route(self._coordinator),
            self._seed.route(),
            *fault_routes(self._coordinator.faults, "/faults", self._requests),
            *fault_routes(self._coordinator.media.faults, "/media_faults"),
            outage_route(self._coordinator),
            *webhook_routes(self._coordinator.outbox),
            Route("/{path:path}", not_for_pages(self._unknown), methods=METHODS),
        ]

    async def _unknown(self, request: Request) -> Response:
        path = request.path_params["path"]
        return refused(
            f"the control API has no {request.method} /{path}: docs/local-stream.md lists what it has", 404
        )

    async def _reset(self, _request: Request) -> Response:
        await self._coordinator.reset()
        return JSONResponse({"ok": True})

    async def _journal(self, request: Request) -> Response:
        query = request.query_params
        must_be_filters(query, JOURNAL_FILTERS)
        after = query.get("after_seq", "0")
        if not after.isdecimal() or len(after) > LONGEST_NUMBER:
            return refused(f"after_seq must be a number, got {after[:LONGEST_NUMBER]!r}")
        entries = self._coordinator.journal.entries(
            call_cid=query.get("call_cid"),
            user_id=query.get("user_id"),
            operation=query.get("operation"),
            after_seq=int(after),
        )
        return Response(json.dumps({"entries": entries}), media_type=JSON)

    async def _clock(self, request: Request) -> Response:
        source = self._coordinator.source
        if request.method == "POST":
            offset = (await read_object(request)).get("offset_seconds")
            if isinstance(offset, bool) or not isinstance(offset, int | float) or abs(offset) > MOST_OFFSET:
                return refused(f"offset_seconds must be a number of at most {MOST_OFFSET}, got {offset!r}")
            source.offset = offset
        return Response(dump({"offset_seconds": source.offset, "now": source.now()}, iso), media_type=JSON)

    async def _call(self, request: Request) -> Response:
        cid = f"{request.path_params['type']}:{request.path_params['id']}"
        call = self._coordinator.calls.get(cid)
        if call is None:
            return refused(f"no call {cid}", 404)
        body = {
            "call": call_response(call),
            "members": members_response(call),
            "participants": self._coordinator.media.participants(cid),
        }
        return Response(dump(body, iso), media_type=JSON)
