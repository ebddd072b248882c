"""The loud answer to what a real project would do and this one does not."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

log = logging.getLogger("local_supabase")


class NotOfferedError(Exception):
    """`what`, as "rpc" or "the operator fts", is a part of Supabase that the local one does not have."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def response(self, request: Request) -> Response:
        """501 with a body that both Auth's and PostgREST's clients can read."""
        message = (
            f"The local Supabase does not offer {self.what} ({request.method} {request.url.path}): "
            "use a real project for this, or add it to harness/local_supabase."
        )
        log.error("%s", message)
        body = {"code": "not_offered", "message": message, "details": None, "hint": None, "msg": message}
        return JSONResponse(body, 501)
