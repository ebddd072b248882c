"""How the target is asked: HTTP with a time limit, and one sentence when nobody answers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from harness.errors import ServerError

TIME_LIMIT = 30.0  # seconds; longer than any server may take, so that its own time-outs are seen
IDLE_LIMIT = 2.0  # seconds; a server that hangs up first, just as we ask, would look like one that failed
LARGEST = 32 << 20  # octets of an answer; far more than any has
UNPACKED = {"content-encoding", "content-length", "transfer-encoding"}  # of what has been unpacked
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
    """The answer of `who`, whatever its status; raises ServerError when there is none, whole and in time."""
    limit, began = request.pop("timeout", TIME_LIMIT), time.monotonic()
    try:
        with asking.stream(method, url, timeout=limit, **request) as answer:
            whole = _whole(answer, began + limit)
    except httpx.RequestError as error:
        raise _none(who, method, url, error) from error
    except (httpx.InvalidURL, UnicodeEncodeError):
        # Not their words: what is wrong may be a secret.
        raise ServerError(
            f"{who} could not be asked {method} {url.partition('?')[0]}: its address, or a key that is sent, "
            "has characters that HTTP does not allow."
        ) from None
    whole.elapsed = timedelta(seconds=time.monotonic() - began)
    return whole


def _none(who: str, method: str, url: str, error: httpx.RequestError) -> ServerError:
    silent = isinstance(error, httpx.TimeoutException)
    fault = "it was silent for too long" if silent else str(error) or type(error).__name__
    advice = "mend its certificate" if "CERTIFICATE" in fault else "check that it runs there"
    return ServerError(
        f"{who} was expected to answer {method} {url.partition('?')[0]} but did not ({fault}): {advice}."
    )


def _whole(answer: httpx.Response, deadline: float) -> httpx.Response:
    """The answer with its body; httpx's own limit begins anew with each piece, however small."""
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if time.monotonic() > deadline or len(body) > LARGEST:
            raise httpx.ReadTimeout("it did not come to an end", request=answer.request)
    headers = [pair for pair in answer.headers.multi_items() if pair[0] not in UNPACKED]
    return httpx.Response(answer.status_code, headers=headers, content=bytes(body), request=answer.request)


def expect_ok(answer: httpx.Response, who: str, to_do: str) -> httpx.Response:
    """`answer` if it is a success, in JSON or empty; raises ServerError that says what was asked and came."""
    if answer.is_success and _is_json(answer.content):
        return answer
    asked = f"{answer.request.method} {answer.request.url.copy_with(query=None)}"
    raise ServerError(
        f"{who} was expected to {to_do} but answered {asked} with {answer.status_code} {answer.text[:300]}: "
        "check the keys and addresses of the target."
    )


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content or b"null")
    except ValueError:
        return False
    return True
