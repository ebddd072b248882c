"""How the target is asked: HTTP with a time limit, and one sentence when nobody answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from harness.errors import ServerError

TIME_LIMIT = 30.0  # seconds; longer than any server may take, so that its own time-outs are seen
IDLE_LIMIT = 2.0  # seconds; a server that hangs up first, just as we ask, would look like one that failed
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def client(url: str, headers: Mapping[str, str] | None = None) -> httpx.Client:
    """A client for the server at `url`; usable from many threads at once.

    A proxy of the environment is for the world outside, never for a server on this machine.
    """
    return httpx.Client(
        headers=headers,
        timeout=TIME_LIMIT,
        limits=httpx.Limits(max_connections=None, keepalive_expiry=IDLE_LIMIT),
        trust_env=urlsplit(url).hostname not in LOOPBACK,
    )


def ask(asking: httpx.Client, who: str, method: str, url: str, **request: Any) -> httpx.Response:  # noqa: ANN401
    """The answer of `who`, whatever its status; raises ServerError when there is none."""
    try:
        return asking.request(method, url, **request)
    except httpx.RequestError as error:
        silent = isinstance(error, httpx.TimeoutException)
        fault = "it was silent for too long" if silent else str(error) or type(error).__name__
        raise ServerError(
            f"{who} was expected to answer {method} {url} but did not ({fault}): check that it runs there."
        ) from error


def expect_ok(answer: httpx.Response, who: str, to_do: str) -> httpx.Response:
    """`answer` if it is a success; raises ServerError that says what was asked and what came."""
    if answer.is_success:
        return answer
    asked = f"{answer.request.method} {answer.request.url.copy_with(query=None)}"
    raise ServerError(
        f"{who} was expected to {to_do} but answered {asked} with {answer.status_code} {answer.text[:300]}: "
        "check the keys and addresses of the target."
    )
