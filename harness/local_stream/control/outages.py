"""Outages of the SFU in the control API: it restarts, asks clients to go, or loses a connection of theirs."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_stream.control.access import not_for_pages, refused
from harness.local_stream.coordinator.body import read_object
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.values import text

FIELDS = ("call_cid", "user_id")
ACTIONS = ("restart", "go_away", "cut_signalling", "cut_media")


def outage_route(coordinator: Coordinator) -> Route:
    """`POST /_control/sfu/{action}`; answers whom it hit."""

    async def answer(request: Request) -> Response:
        action, body = request.path_params["action"], await read_object(request)
        fields = _faults(action, body)
        if fields:
            return refused("; ".join(fields.values()), fields=fields)
        who = {name: text(body, name) for name in FIELDS}
        hit = await coordinator.media.outage(action, **who)
        if hit is None:
            return refused(f"the SFU has no outage {action!r}: expected {', '.join(ACTIONS)}", 404)
        coordinator.journal.record("fault", action, call_cid=who["call_cid"], at="sfu", sessions=hit)
        return JSONResponse({"sessions": hit})

    return Route("/sfu/{action}", not_for_pages(answer), methods=["POST"])


def _faults(action: str, body: Mapping[str, object]) -> dict[str, str]:
    """A sentence for each field that cannot be."""
    known = () if action == "restart" else FIELDS
    expected = f"expected some of {', '.join(known)}" if known else "it is about all calls"
    return {name: f"{name} is no field of {action}: {expected}" for name in body.keys() - set(known)}
