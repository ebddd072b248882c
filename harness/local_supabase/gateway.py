"""What stands before both doors of a Supabase project: the API key, and CORS for pages of any origin."""

from __future__ import annotations

import logging
import secrets

from starlette.datastructures import Headers, QueryParams
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger("local_supabase.gateway")

DOORS = ("/auth/v1/", "/rest/v1/")
OPEN = frozenset({"/auth/v1/.well-known/jwks.json"})
NO_KEY = {
    "message": "No API key found in request",
    "hint": "No `apikey` request header or url param was found.",
}
WRONG_KEY = {
    "message": "Invalid API key",
    "hint": "Double check your Supabase `anon` or `service_role` API key.",
}


class ApiKeyGate:
    """Lets a request to a door pass when its `apikey`, in a header or the query, is one of `keys`."""

    def __init__(self, app: ASGIApp, keys: tuple[str, ...]) -> None:
        self._app = app
        self._keys = tuple(key.encode() for key in keys)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry; anything but HTTP at a door passes."""
        if scope["type"] == "http" and scope["path"].startswith(DOORS) and scope["path"] not in OPEN:
            key = Headers(scope=scope).get("apikey") or QueryParams(scope["query_string"]).get("apikey")
            refusal = NO_KEY if not key else None if self._is_known(key) else WRONG_KEY
            if refusal is not None:
                log.warning("%s %s refused: %s", scope["method"], scope["path"], refusal["message"])
                await JSONResponse(refusal, 401)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_known(self, key: str) -> bool:
        return any(secrets.compare_digest(key.encode(), known) for known in self._keys)


def gateway(keys: tuple[str, ...]) -> list[Middleware]:
    """The middleware, outermost first: a preflight carries no key, and pages must be able to read a 401."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["*"],
        expose_headers=[
            "Content-Encoding",
            "Content-Location",
            "Content-Range",
            "Link",
            "Preference-Applied",
            "X-Supabase-Api-Version",
            "X-Total-Count",
        ],
        max_age=3600,
    )
    return [cors, Middleware(ApiKeyGate, keys=keys)]
