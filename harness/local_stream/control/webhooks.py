"""The outbox of webhooks in the control API: what was sent, what came of it, and once more."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_stream.control.access import must_be_filters, not_for_pages, refused
from harness.local_stream.webhooks import Outbox

FILTERS = ("event", "call_cid", "state", "id")


def webhook_routes(outbox: Outbox) -> list[Route]:
    """Routes below `/_control`."""

    async def listed(request: Request) -> Response:
        must_be_filters(request.query_params, FILTERS)
        wanted = {name: request.query_params.get(name) for name in FILTERS}
        return JSONResponse({"webhooks": outbox.listed(**wanted)})

    async def redeliver(request: Request) -> Response:
        delivery_id = request.path_params["id"]
        shown = outbox.redeliver(delivery_id)
        if shown is None:
            return refused(f"no webhook has the id {delivery_id}: GET /_control/webhooks lists them", 404)
        return JSONResponse(shown, 201)

    return [
        Route("/webhooks", not_for_pages(listed), methods=["GET"]),
        Route("/webhooks/{id}/redeliver", not_for_pages(redeliver), methods=["POST"]),
    ]
