"""The control API, `/_control/...`: reset and inspect. Only when the settings say so, and never for pages.

Without CORS no page can read it; but a page of any website may send requests to this machine. A browser adds
an Origin to each that could change something, so whatever has one is refused.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_stream.coordinator.call_response import call_response, members_response
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.encoding import dump, iso

Handler = Callable[[Request], Awaitable[Response]]


class Control:
    """What tests and people may do to the local Stream beside its API."""

    def __init__(self, coordinator: Coordinator) -> None:
        self._coordinator = coordinator

    def routes(self) -> list[Route]:
        """Routes below `/_control`."""
        return [
            Route("/reset", not_for_pages(self._reset), methods=["POST"]),
            Route("/journal", not_for_pages(self._journal), methods=["GET"]),
            Route("/calls/{type}/{id}", not_for_pages(self._call), methods=["GET"]),
        ]

    async def _reset(self, _request: Request) -> Response:
        await self._coordinator.reset()
        return JSONResponse({"ok": True})

    async def _journal(self, request: Request) -> Response:
        query = request.query_params
        after = query.get("after_seq", "0")
        if not after.isdecimal():
            return JSONResponse({"error": f"after_seq must be a number, got {after!r}"}, 400)
        entries = self._coordinator.journal.entries(
            call_cid=query.get("call_cid"),
            user_id=query.get("user_id"),
            operation=query.get("operation"),
            after_seq=int(after),
        )
        return Response(json.dumps({"entries": entries}), media_type="application/json")

    async def _call(self, request: Request) -> Response:
        cid = f"{request.path_params['type']}:{request.path_params['id']}"
        call = self._coordinator.calls.get(cid)
        if call is None:
            return JSONResponse({"error": f"no call {cid}"}, 404)
        body = {
            "call": call_response(call),
            "members": members_response(call),
            "participants": self._coordinator.media.participants(cid),
        }
        return Response(dump(body, iso), media_type="application/json")


def not_for_pages(handler: Handler) -> Handler:
    """`handler` for programs alone: 403 to every request that says it comes from a page."""

    async def answer(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is None:
            return await handler(request)
        return JSONResponse(
            {"error": f"the control API is for programs: send no Origin header (got {origin!r})"}, 403
        )

    return answer
