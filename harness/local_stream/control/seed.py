"""A world to begin with, in one request: users, call types and calls, made by the API's own operations.

Body, everything optional: `{"seed": 7, "users": [UserRequest], "call_types": [CreateCallTypeRequest],
"calls": [{"type", "id", "data": CallRequest, "live": true}]}`, in the vendor's shapes: members are in `data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_stream.control.access import not_for_pages, refused
from harness.local_stream.coordinator.body import read_object
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import ApiError, input_error, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.tokens import Caller
from harness.local_stream.coordinator.values import flag, mappings, text, whole

FIELDS = ("seed", "users", "call_types", "calls")


class Seed:
    """Asks the operations as a server would, one after the other; the first refusal ends it."""

    def __init__(self, coordinator: Coordinator, operations: Iterable[Operation]) -> None:
        self._coordinator = coordinator
        self._operations = {operation.name: operation for operation in operations}

    def route(self) -> Route:
        """`POST /_control/seed`."""
        return Route("/seed", not_for_pages(self._answer), methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        body = await read_object(request)
        place = "the body"
        made: dict[str, list[str]] = {"users": [], "call_types": [], "calls": []}
        try:
            if unknown := sorted(body.keys() - set(FIELDS)):
                raise input_error(f"{unknown[0]} is no field of a seed: expected some of {', '.join(FIELDS)}")
            if (seed := whole(body, "seed")) is not None:
                self._coordinator.source.repeat(seed)
            for kind, make in (
                ("users", self._user),
                ("call_types", self._call_type),
                ("calls", self._call),
            ):
                for number, given in enumerate(mappings(body, kind) or []):
                    place = f"{kind}[{number}]"
                    made[kind].append(await make(given))
        except ApiError as error:
            return refused(f"{place}: {error.detail}", error.status)
        return JSONResponse(made, 201)

    async def _user(self, given: Mapping[str, object]) -> str:
        user_id = _needed(given, "id")
        await self._ask("UpdateUsers", {}, {"users": {user_id: dict(given)}})
        return user_id

    async def _call_type(self, given: Mapping[str, object]) -> str:
        await self._ask("CreateCallType", {}, dict(given))
        return _needed(given, "name")

    async def _call(self, given: Mapping[str, object]) -> str:
        path = {"type": _needed(given, "type"), "id": _needed(given, "id")}
        await self._ask("GetOrCreateCall", path, {"data": given.get("data")})
        if flag(given, "live"):
            await self._ask("GoLive", path, {})
        return f"{path['type']}:{path['id']}"

    async def _ask(self, operation: str, path: Mapping[str, str], body: dict[str, object]) -> None:
        ask = Ask(operation, Caller(server=True), path, {}, body, base_url="")
        await self._operations[operation].perform(self._coordinator, ask)


def _needed(given: Mapping[str, object], field: str) -> str:
    value = text(given, field)
    if not value:
        raise required(field)
    return value
