"""A door to the coordinator: reads and authenticates a request, lets the operation answer, journals, encodes.

The same operations stand behind both doors; a door differs in its paths and in its encoding of time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.local_stream.coordinator import old_users
from harness.local_stream.coordinator.body import read_object
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.encoding import TimeEncoding, dump, iso, nanoseconds
from harness.local_stream.coordinator.errors import ApiError, Code, server_only
from harness.local_stream.coordinator.limits import Count, platform_of
from harness.local_stream.coordinator.operations import Area, Ask, DoorName, Operation
from harness.local_stream.coordinator.spoiling import refusal, spoilt, waited
from harness.local_stream.coordinator.tokens import Caller
from harness.local_stream.fault_rule import Rule

log = logging.getLogger("local-stream")

# Where each door keeps each area. Old server SDKs ask common operations at the root, with ISO times.
BASES: dict[DoorName, dict[Area, list[str]]] = {
    "client": {"video": ["/video"], "common": ["/video", ""]},
    "server": {"video": ["/api/v2/video"], "common": ["/api/v2"]},
}
# Asked for in bodies and queries, and passed over; the journal says so.
NOT_IMITATED = ["start_hls", "start_transcription", "start_closed_caption"]
TOO_MANY_REQUESTS = 429
RETRY = {"retry-after": "1"}
TIMES: dict[DoorName, TimeEncoding] = {"client": iso, "server": nanoseconds}


def routes(door: DoorName, coordinator: Coordinator, operations: Iterable[Operation]) -> list[Route]:
    """A route for each operation, at every path that `door` has for it."""
    return [
        Route(
            base + operation.path,
            _Endpoint(door, coordinator, operation, old=not base).answer,
            methods=[operation.method],
        )
        for operation in operations
        for base in BASES[door][operation.area]
    ]


class _Endpoint:
    """Answers requests for one operation at one door."""

    def __init__(self, door: DoorName, coordinator: Coordinator, operation: Operation, *, old: bool) -> None:
        self._door: DoorName = door
        self._coordinator = coordinator
        self._operation = operation
        self._old = old

    async def answer(self, request: Request) -> Response:
        started = perf_counter()
        name = self._operation.name
        caller, rule, noted = Caller(), None, dict[str, object]()
        count = None
        try:
            caller = self._authenticate(request)
            count = self._count(request, caller)
            count.check()
            rule = self._coordinator.faults.bite("rest", name, user_id=caller.user_id, call_cid=_cid(request))
            status, body = self._operation.success, await self._perform(request, caller, noted, rule)
            body["duration"] = _duration(started)
        except ApiError as error:
            status, body = error.status, error.body(name, _duration(started))
            noted |= {"code": int(error.code), "message": error.message(name)}
        except Exception:
            log.exception("%s failed", name)
            failure = ApiError(500, Code.INTERNAL, "internal error of the local Stream: see its log")
            status, body = failure.status, failure.body(name, _duration(started))
        instead = spoilt(rule) if rule else None
        self._journal(request, caller, None if instead else status, noted)
        if instead:
            return instead
        # Who is not known is counted too; a fault's 429 comes without a time of its own.
        count = count or self._count(request, caller)
        headers = (RETRY if status == TOO_MANY_REQUESTS else {}) | count.headers
        return Response(dump(body, TIMES[self._door]), status, headers, media_type="application/json")

    def _count(self, request: Request, caller: Caller) -> Count:
        client = request.headers.get("x-stream-client") or request.query_params.get("X-Stream-Client") or ""
        platform = platform_of(client, server=caller.server)
        return self._coordinator.limits.take(self._operation.name, platform)

    def _authenticate(self, request: Request) -> Caller:
        tokens = self._coordinator.tokens
        tokens.check_key(request.query_params.get("api_key"))
        if self._operation.access == "public":
            return Caller()
        caller = tokens.caller(request.headers.get("authorization"), request.headers.get("stream-auth-type"))
        if self._operation.access == "server" and not caller.server:
            raise server_only(self._operation.name)
        self._coordinator.check_admitted(caller)
        return caller

    async def _perform(
        self, request: Request, caller: Caller, noted: dict[str, object], rule: Rule | None
    ) -> dict[str, object]:
        body: dict[str, object] = {}
        if rule:
            await waited(rule)
        if rule is None or rule.performed or rule.effect == "delay_ms":
            ask = await self._read(request, caller, noted)
            answer = await self._operation.perform(self._coordinator, ask)
            body = old_users.written(answer) if self._old else answer
        if rule and (error := refusal(rule)):
            raise error
        return body

    async def _read(self, request: Request, caller: Caller, noted: dict[str, object]) -> Ask:
        body = await read_object(request)
        passed_over = [
            name for name in NOT_IMITATED if body.get(name) or request.query_params.get(name) == "true"
        ]
        if passed_over:
            noted["not_imitated"] = passed_over
        return Ask(
            operation=self._operation.name,
            caller=caller,
            path=request.path_params,
            query=request.query_params,
            body=old_users.read(body) if self._old else body,
            base_url=f"{request.url.scheme}://{request.url.netloc}",
            noted=noted,
        )

    def _journal(
        self, request: Request, caller: Caller, status: int | None, noted: dict[str, object]
    ) -> None:
        self._coordinator.journal.record(
            self._door,
            self._operation.name,
            method=request.method,
            path=request.url.path,
            status=status,
            user_id=caller.user_id,
            call_cid=_cid(request),
            **noted,
        )


def _cid(request: Request) -> str | None:
    path = request.path_params
    return f"{path['type']}:{path['id']}" if path.keys() >= {"type", "id"} else None


def _duration(started: float) -> str:
    return f"{(perf_counter() - started) * 1000:.2f}ms"
