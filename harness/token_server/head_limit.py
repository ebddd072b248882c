"""How large a request's head may be: its path, query and headers."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

SIZE_LIMIT = 16 * 1024  # bytes; a session takes one or two thousand
FRAMING = len(b": \r\n")  # bytes around each header


class HeadLimit:
    """ASGI middleware: a head of more than SIZE_LIMIT gets the answer that `too_large` makes."""

    def __init__(self, app: ASGIApp, too_large: Callable[[], Response]) -> None:
        self._app, self._too_large = app, too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        fits = scope["type"] != "http" or _size(scope) <= SIZE_LIMIT
        await (self._app if fits else self._too_large())(scope, receive, send)


def _size(scope: Scope) -> int:
    headers = sum(len(name) + len(value) + FRAMING for name, value in scope["headers"])
    return headers + len(scope.get("raw_path") or b"") + len(scope["query_string"])
