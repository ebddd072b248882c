"""What the local Stream does not imitate: a loud 501 in the vendor's error shape, and a journal entry."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from harness.local_stream.coordinator.encoding import dump, iso
from harness.local_stream.coordinator.errors import ApiError, Code
from harness.local_stream.coordinator.limits import RateLimits
from harness.local_stream.journal import Door, Journal

log = logging.getLogger("local-stream")

OPERATION = "Unknown"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Unknown:
    """Answers whatever no other route took."""

    def __init__(self, journal: Journal, limits: RateLimits) -> None:
        self._journal = journal
        self._limits = limits

    def routes(self) -> list[BaseRoute]:
        """The last routes of a list: they take everything."""
        return [
            Route("/{path:path}", self._answer, methods=METHODS),
            WebSocketRoute("/{path:path}", self._refuse),
        ]

    async def _answer(self, request: Request) -> Response:
        asked = f"{request.method} {request.url.path}"
        self._record(_door(request.url.path), request.method, request.url.path)
        error = ApiError(
            501, Code.INTERNAL, f"{asked} is not imitated by the local Stream: see docs/local-stream.md"
        )
        headers = self._limits.take(OPERATION).headers
        return Response(
            dump(error.body(OPERATION, "0.00ms"), iso), 501, headers, media_type="application/json"
        )

    async def _refuse(self, websocket: WebSocket) -> None:
        self._record("ws", "GET", websocket.url.path)
        await websocket.close()

    def _record(self, door: Door, method: str, path: str) -> None:
        log.warning("not imitated: %s %s", method, path)
        self._journal.record(door, OPERATION, method=method, path=path, status=501)


def _door(path: str) -> Door:
    if path.startswith("/api/"):
        return "server"
    return "sfu_rpc" if path.startswith("/sfu/") else "client"
