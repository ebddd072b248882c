"""CORS on every answer, also on errors: without it a browser hides from the page what went wrong."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = "POST, OPTIONS"
HEADERS = "authorization, content-type, apikey, x-client-info"
EXPOSED = "retry-after"  # a page sees no header that is not named here
PREFLIGHT_AGE = "600"  # seconds for which a browser need not ask again


class Cors:
    """ASGI middleware. `origins` are those that may read the answers; `*` among them means all."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = {origin.rstrip("/") for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to whatever answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origin = Headers(scope=scope).get("origin")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), origin)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _add(self, headers: MutableHeaders, origin: str | None) -> None:
        if "*" in self._origins:
            headers["access-control-allow-origin"] = "*"
        else:
            headers.add_vary_header("Origin")
            if origin not in self._origins:
                return
            headers["access-control-allow-origin"] = origin
        headers["access-control-allow-methods"] = METHODS
        headers["access-control-allow-headers"] = HEADERS
        headers["access-control-expose-headers"] = EXPOSED
        headers["access-control-max-age"] = PREFLIGHT_AGE
