"""Faults in the control API: add one, list them with their hits, take them back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_stream.control.access import not_for_pages, refused
from harness.local_stream.coordinator.body import read_object
from harness.local_stream.fault_rule import BadRule
from harness.local_stream.media import FaultRules


def fault_routes(faults: FaultRules, path: str) -> list[Route]:
    """Routes below `/_control`, at `path`, whose name (`faults`, `media_faults`) is that of the list, too."""
    name = path.removeprefix("/")

    async def add(request: Request) -> Response:
        try:
            return JSONResponse(faults.add(await read_object(request)), 201)
        except BadRule as error:
            return refused(str(error), fields=error.fields)

    async def listed(_request: Request) -> Response:
        return JSONResponse({name: faults.listed()})

    async def clear(_request: Request) -> Response:
        faults.clear()
        return JSONResponse({name: []})

    async def remove(request: Request) -> Response:
        rule_id = request.path_params["id"]
        if not faults.remove(rule_id):
            return refused(f"no fault has the id {rule_id}: GET /_control{path} lists them", 404)
        return JSONResponse({name: faults.listed()})

    return [
        Route(path, not_for_pages(add), methods=["POST"]),
        Route(path, not_for_pages(listed), methods=["GET"]),
        Route(path, not_for_pages(clear), methods=["DELETE"]),
        Route(f"{path}/{{id}}", not_for_pages(remove), methods=["DELETE"]),
    ]
