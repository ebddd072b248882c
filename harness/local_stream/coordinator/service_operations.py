"""What may be asked of the service itself: its rate limits, its edges, and reports of past sessions."""

from __future__ import annotations

from datetime import datetime

from harness.local_stream.coordinator import filters
from harness.local_stream.coordinator.calls import Call, Session
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.operations import Ask, Operation

# Each has limits of its own at the vendor's; here they share one count for each operation.
PLATFORMS = ("server_side", "android", "ios", "web", "unity")
HERE = {
    "id": "local",
    "continent_code": "",
    "country_iso_code": "",
    "subdivision_iso_code": "",
    "latitude": 0.0,
    "longitude": 0.0,
    # Latencies in milliseconds up to which an edge is shown in these colours.
    "green": 50,
    "yellow": 150,
    "red": 300,
}


async def get_rate_limits(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """What is left of `endpoints` (operations, with commas between; without: all that were asked)."""
    named = [name for name in ask.query.get("endpoints", "").split(",") if name]
    shown = coordinator.limits.left(named)
    asked = [platform for platform in PLATFORMS if ask.query.get(platform, "").lower() == "true"]
    return dict.fromkeys(asked or PLATFORMS, shown)


async def get_edges(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """The one edge there is."""
    del coordinator
    return {"edges": [{**HERE, "latency_test_url": f"{ask.base_url}/healthz"}]}


async def query_call_stats(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """When each session began and how long it was, by filter. A user sees those of calls that it may read."""
    readable = [
        call for call in coordinator.calls if "read-call" in coordinator.capabilities(ask.caller, call)
    ]
    now = coordinator.source.now()
    reports = [_report(call, session, now) for call in readable for session in _begun(call)]
    found, cursor = filters.query(reports, ask.body, lambda report: report)
    return {"reports": found, "next": cursor, "prev": None}


def _begun(call: Call) -> list[Session]:
    sessions = [*call.past_sessions.values(), *([call.session] if call.session else [])]
    return [session for session in sessions if session.started_at]


def _report(call: Call, session: Session, now: datetime) -> dict[str, object]:
    started = session.started_at or now
    return {
        "call_cid": call.cid,
        "call_session_id": session.id,
        "call_status": "ended" if session.ended_at else "active",
        "call_duration_seconds": int(((session.ended_at or now) - started).total_seconds()),
        "first_stats_time": started,
        "created_at": started,
    }


OPERATIONS = [
    Operation("GetRateLimits", "GET", "/rate_limits", get_rate_limits, area="common", access="server"),
    Operation("GetEdges", "GET", "/edges", get_edges),
    Operation("QueryCallStats", "POST", "/call/stats", query_call_stats),
]
