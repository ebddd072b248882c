"""A server that fails on demand: what stands between a token server and what it depends on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
HOP_BY_HOP = {
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "content-encoding",
    "accept-encoding",
}
Answers = Callable[[], Awaitable[Response]]


async def _silence() -> Response:
    await asyncio.Event().wait()
    return Response()


def _answers(status: int, headers: dict[str, str] | None = None) -> Answers:
    async def answer() -> Response:
        body = {"code": 16, "message": "out of order", "StatusCode": status, "duration": "0ms"}
        return JSONResponse(body, status, headers)

    return answer


async def _nonsense() -> Response:
    return Response("<html>Welcome to the hotel's network</html>", media_type="text/html")


# Named by what happens to whoever asks.
FAULTS: dict[str, Answers] = {
    "429": _answers(429, {"retry-after": "30"}),
    "500": _answers(500),
    "503": _answers(503),
    "HTML": _nonsense,
    "silence": _silence,
}


@dataclass
class Faulty:
    """Passes requests on to `upstream`, except those that `fault` is for: they get what it makes of them.

    `fault` is one of FAULTS or None; `on` is a part of the path. `bitten` counts the requests that it met.
    """

    upstream: str
    fault: str | None = None
    on: str = ""
    bitten: int = 0
    _http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=30))

    def app(self) -> Starlette:
        """As an ASGI application."""
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=METHODS)])

    async def _answer(self, request: Request) -> Response:
        if self.fault is not None and self.on in request.url.path:
            self.bitten += 1
            return await FAULTS[self.fault]()
        url = f"{self.upstream}{request.url.path}?{request.url.query}"
        kept = {name: value for name, value in request.headers.items() if name not in HOP_BY_HOP}
        body = await request.body()
        came = await self._http.request(request.method, url, headers=kept, content=body)
        headers = {name: value for name, value in came.headers.items() if name not in HOP_BY_HOP}
        return Response(came.content, came.status_code, headers)
