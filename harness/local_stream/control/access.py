"""Who may use the control API, and how it refuses: programs alone, with a sentence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from harness.local_stream.coordinator.errors import ApiError, input_error

Handler = Callable[[Request], Awaitable[Response]]


def not_for_pages(handler: Handler) -> Handler:
    """`handler` for programs alone: 403 to every request that a page may have sent.

    Without CORS no page can read an answer; but a page of any website may send requests to this machine. A
    browser adds an Origin to each that could change something, so whatever has one is refused. A website
    whose name leads to this machine could even read, without an Origin: so requests must name this machine.
    """

    async def answer(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is not None:
            return refused(f"the control API is for programs: send no Origin header (got {origin!r})", 403)
        host = request.headers.get("host", "")
        if not _is_this_machine(host):
            return refused(f"the control API is for this machine: ask 127.0.0.1 (got Host {host!r})", 403)
        try:
            return await handler(request)
        except ApiError as error:  # a body that is no JSON object, or too large
            return refused(error.detail, error.status)

    return answer


def _is_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def must_be_filters(given: Iterable[str], known: Iterable[str]) -> None:
    """A filter that is not known would find everything, and look as if it had filtered; raises ApiError."""
    if unknown := sorted(set(given) - set(known)):
        raise input_error(f"{unknown[0]} is no filter: expected some of {', '.join(known)}")


def refused(sentence: str, status: int = 400, fields: dict[str, str] | None = None) -> Response:
    """An error; `fields` has one sentence for each field at fault."""
    return JSONResponse({"error": sentence} | ({"fields": fields} if fields else {}), status)
