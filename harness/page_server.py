"""Serve the built pages, and tell them where their back ends are.

    GET /healthz       {"ok": true}
    GET /config.json   {"supabaseUrl", "supabaseAnonKey", "tokenUrl", "streamBaseUrl"}
    GET /assets/...    files of the build, 404 when there is none
    GET anything else  a file of the build's root, or index.html: the page reads its route from the address

Only addresses and the publishable key of Supabase are told; no secret comes near this server.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.config import PageServerSettings
from harness.errors import SetUpError
from harness.serving import run

# Stream's API, edge hint and SFUs, for pages that are not told of another Stream.
STREAM_HOSTS = ("*.stream-io-api.com", "*.stream-io-video.com", "*.getstream.io")
YEAR_SECONDS = 31_536_000


def create_app(settings: PageServerSettings) -> Starlette:
    """The server of the pages in `settings.dist`; raises SetUpError when they are not built."""
    if not (settings.dist / "index.html").is_file():
        raise SetUpError(
            f"Built pages were expected in {settings.dist}, but it holds no index.html: "
            "run `npm ci` and `npm run build -- --outDir <that folder>` in harness/pages."
        )

    async def config(_: Request) -> Response:
        return JSONResponse(
            {
                "supabaseUrl": settings.supabase_url,
                "supabaseAnonKey": settings.supabase_anon_key,
                "tokenUrl": settings.token_url,
                "streamBaseUrl": settings.stream_base_url,
            },
            headers={"cache-control": "no-store"},
        )

    async def healthz(_: Request) -> Response:
        return JSONResponse({"ok": True}, headers={"cache-control": "no-store"})

    return Starlette(
        routes=[
            Route("/config.json", config),
            Route("/healthz", healthz),
            Mount("/", Pages(directory=settings.dist, html=True)),
        ],
        middleware=[Middleware(SecurityHeaders, policy=content_security_policy(settings))],
    )


class Pages(StaticFiles):
    """Files of the build; an address that names none is a route inside the page, so it gets index.html."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or path.startswith("assets/"):
                raise
            response = await super().get_response("index.html", scope)
        response.headers["cache-control"] = _lifetime(path)
        return response


def _lifetime(path: str) -> str:
    """Assets carry their content's hash in their name; everything else may change with the next build."""
    return f"public, max-age={YEAR_SECONDS}, immutable" if path.startswith("assets/") else "no-cache"


def content_security_policy(settings: PageServerSettings) -> str:
    """What the pages may load and reach: themselves and the three back ends, nothing else.

    Who may frame the page is left open: parties are embedded in other sites.
    """
    back_ends = [_origin(settings.supabase_url), _origin(settings.token_url), *_stream_origins(settings)]
    directives = {
        "default-src": ["'self'"],
        "connect-src": ["'self'", *dict.fromkeys(back_ends)],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def _stream_origins(settings: PageServerSettings) -> list[str]:
    if settings.stream_base_url is None:
        return [f"{scheme}://{host}" for host in STREAM_HOSTS for scheme in ("https", "wss")]
    origin = _origin(settings.stream_base_url)
    return [origin, origin.replace("http", "ws", 1)]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class SecurityHeaders:
    """Adds to every answer what a browser should refuse on these pages."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self.headers = {
            "content-security-policy": policy,
            "permissions-policy": "camera=(self), microphone=(self), geolocation=()",
            "referrer-policy": "same-origin",
            "x-content-type-options": "nosniff",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers)


if __name__ == "__main__":
    run(PageServerSettings, create_app)
