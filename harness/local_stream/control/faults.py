"""Faults in the control API: add one, list them with their hits, take them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_stream.control.access import not_for_pages, refused
from harness.local_stream.coordinator.body import read_object
from harness.local_stream.fault_rule import BadRule
from harness.local_stream.media import FaultRules


def fault_routes(faults: FaultRules, path: str, requests: Collection[str] = ()) -> list[Route]:
    """Routes below `/_control`, at `path`, whose name (`faults`, `media_faults`) is that of the list, too.

    `requests` are the operations that a rule for door `rest` may name.
    """
    name = path.removeprefix("/")

    async def add(request: Request) -> Response:
        given = await read_object(request)
        try:
            _must_be_known(given, requests)
            return JSONResponse(faults.add(given), 201)
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


def _must_be_known(given: Mapping[str, object], requests: Collection[str]) -> None:
    """A rule for a request that there is not would never bite; raises BadRule."""
    operation = given.get("operation")
    if given.get("door") != "rest" or not isinstance(operation, str) or operation in requests:
        return
    near = get_close_matches(operation, requests, 3)
    expected = f"did you mean {' or '.join(near)}?" if near else "docs/local-stream.md lists them"
    raise BadRule({"operation": f"no request is called {operation!r}: {expected}"})
