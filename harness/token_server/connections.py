"""Connections to one server - Supabase or Stream - kept for the next request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

TIME_LIMIT = 8.0  # seconds for one answer
CONNECTIONS = 100  # at most, each kept for the next request
LOOPBACK = ("127.0.0.1", "::1", "localhost")
KEPT = 55.0  # seconds; servers and balancers let go of what is idle for a minute: better to be the first


@dataclass(frozen=True)
class Answer:
    """What a server said, its body unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401
        """The body as JSON; raises ValueError or RecursionError when it is none."""
        return json.loads(self.body)


class Connections:
    """To the server at `base_url`; `headers` go with each request."""

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self._base_url, self._headers = base_url.rstrip("/"), headers

    async def get(
        self, path: str, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer, whatever its status; raises TimeoutError or aiohttp.ClientError without one."""
        return await self._ask("GET", path, headers or {}, params=query)

    async def post(self, path: str, query: Mapping[str, str], wanted: object) -> Answer:
        """The answer to `wanted`, sent as JSON; raises as `get` does."""
        return await self._ask("POST", path, {}, params=query, json=wanted)

    async def close(self) -> None:
        """Let go of them."""
        await self._session.close()

    async def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        **what: Any,  # noqa: ANN401
    ) -> Answer:
        # With each request, and not with the session: aiohttp would tell those to the proxy, too.
        what["headers"] = {**self._headers, **headers}
        url = self._base_url + path
        async with self._session.request(method, url, allow_redirects=False, **what) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    @cached_property
    def _session(self) -> aiohttp.ClientSession:
        """Made by the first request: aiohttp wants the event loop to run already."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT),
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=proxy_of(self._base_url),
            # To the moment: aiohttp would round what is long up to whole seconds.
            timeout=aiohttp.ClientTimeout(total=TIME_LIMIT, ceil_threshold=TIME_LIMIT),
        )


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
