"""The location hint: which point of presence is near, as the vendor's CDN says it in a header."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.spoiling import spoilt, waited

OPERATION = "LocationHint"
# A point of presence as the vendor's CDN names one; clients send its first three letters as their location.
LOCATION = "LCL50-P1"


def route(coordinator: Coordinator) -> Route:
    """`GET` and `HEAD /hint`."""

    async def answer(request: Request) -> Response:
        answer = Response(headers={"x-amz-cf-pop": LOCATION, "cache-control": "no-store"})
        if rule := coordinator.faults.bite("rest", OPERATION):
            await waited(rule)
            answer = spoilt(rule) or (Response(status_code=rule.status) if rule.status else answer)
        status = answer.status_code if not (rule and rule.drop) else None
        coordinator.journal.record(
            "client", OPERATION, method=request.method, path=request.url.path, status=status
        )
        return answer

    return Route("/hint", answer)
