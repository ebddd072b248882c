"""Connections to Supabase and Stream: one pool each, kept for the next request.

httpx speaks, as Stream's SDK wants it, and aiohttp carries: httpx's own carrier does several times the work
for a request, and more the more of them wait.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

TIME_LIMIT = 8.0  # seconds for one answer
CONNECTIONS = 100  # at most, each kept for the next request
LOOPBACK = ("127.0.0.1", "::1", "localhost")
KEPT = 55.0  # seconds; servers and balancers let go of what is idle for a minute: better to be the first


class Carrier(AiohttpTransport):
    """Calls a connection that broke by its name: the plain one says of each that it timed out."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except httpx.TimeoutException as error:
            cause = error.__cause__
            if isinstance(cause, aiohttp.ClientConnectorError):
                raise httpx.ConnectError(str(cause)) from cause
            if isinstance(cause, aiohttp.ClientConnectionError) and not isinstance(cause, TimeoutError):
                raise httpx.RemoteProtocolError(str(cause)) from cause
            raise
        except aiohttp.ClientError as error:  # what came is no HTTP
            raise httpx.RemoteProtocolError(str(error)) from error


def pool(base_url: str) -> httpx.AsyncClient:
    """A client for many requests at once, to one server; raises httpx's errors, as it would by itself."""

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT)
        jar = aiohttp.DummyCookieJar()
        return aiohttp.ClientSession(connector=connector, cookie_jar=jar, proxy=proxy_of(base_url))

    return httpx.AsyncClient(base_url=base_url, timeout=TIME_LIMIT, transport=Carrier(client=session))


def proxy_of(base_url: str) -> str | None:
    """The environment's proxy for this server, which is how some hosts reach the world; none on loopback.

    Looked up once: aiohttp by itself asks for it, and for a ~/.netrc, on two other threads for each request.
    """
    server = urlsplit(base_url)
    return (
        None
        if server.hostname in LOOPBACK or proxy_bypass(server.netloc)
        else getproxies().get(server.scheme)
    )
