"""Where a request's body ends, when it says so in two ways."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

BOTH = {b"content-length", b"transfer-encoding"}


class Framing:
    """ASGI middleware: a request with both headers of BOTH gets the answer that `ambiguous` makes.

    A proxy that goes by the other one would take a part of the body for the next request, somebody else's
    perhaps. Two lengths that differ, and other codings than `chunked`, the HTTP server refuses itself.
    """

    def __init__(self, app: ASGIApp, ambiguous: Callable[[], Response]) -> None:
        self._app, self._ambiguous = app, ambiguous

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        clear = scope["type"] != "http" or not {name for name, _ in scope["headers"]} >= BOTH
        await (self._app if clear else self._ambiguous())(scope, receive, send)
