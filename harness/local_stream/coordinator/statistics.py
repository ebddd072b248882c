"""Statistics of calls: who came, how long it went on, how it was rated.

Only what is known here is said. Quality is not measured: where the vendor's shape must have a figure of it,
that figure is 0.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from harness.local_stream.coordinator import filters
from harness.local_stream.coordinator.call_response import session_response
from harness.local_stream.coordinator.calls import Call, Session
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import ApiError, Code
from harness.local_stream.coordinator.operations import Ask, Operation

# Of how long GetActiveCallsStatus speaks. What is active is so at the end of it.
WINDOW = timedelta(minutes=1)


async def query_call_stats(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """A summary of each session that somebody came to, in the calls that the caller may read."""
    readable = [
        call for call in coordinator.calls if "read-call" in coordinator.capabilities(ask.caller, call)
    ]
    sessions = [(call, session) for call in readable for session in call.started_sessions()]
    summaries = [_summary(coordinator, call, session) for call, session in sessions]
    page = filters.query(summaries, ask.body, _FIELDS)
    return {"reports": page.items, "next": page.next, "prev": page.prev}


async def get_call_report(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """The report of the session that the query names, or of the last one."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "read-call-stats")
    wanted = ask.query.get("session_id")
    sessions = [each for each in call.started_sessions() if wanted in (None, "", each.id)]
    if not sessions:
        raise ApiError(404, Code.NOT_FOUND, f"there is no report of a session of {call.cid}")
    session = sessions[-1]
    return {
        "session_id": session.id,
        "session": session_response(session),
        "report": _report(call, session),
        "video_reactions": [],
        "chat_activity": None,
    }


async def get_active_calls_status(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """How many are in how many calls now."""
    del ask
    inside = [coordinator.media.participants(call.cid) for call in coordinator.calls if call.session]
    people = [participant for participants in inside for participant in participants]
    now = coordinator.source.now()
    unmeasured = {"video": {"resolution": {"p10": 0.0, "p50": 0.0}}}
    return {
        "start_time": now - WINDOW,
        "end_time": now,
        "summary": {
            "active_calls": sum(1 for participants in inside if participants),
            "active_publishers": sum(1 for each in people if each["published"]),
            "active_subscribers": sum(1 for each in people if each["received_bytes"]),
            "participants": len(people),
        },
        "metrics": {"publishers": {"all": unmeasured}},
    }


def _summary(coordinator: Coordinator, call: Call, session: Session) -> dict[str, object]:
    ended_at = session.ended_at or coordinator.source.now()
    started_at = session.started_at or ended_at
    ratings = _ratings(call, session)
    summary: dict[str, object] = {
        "call_cid": call.cid,
        "call_session_id": session.id,
        "call_status": "ended" if session.ended_at else "active",
        "call_duration_seconds": int((ended_at - started_at).total_seconds()),
        "created_at": started_at,
        "first_stats_time": started_at,
    }
    return summary | ({"min_user_rating": min(ratings)} if ratings else {})


def _reader(name: str) -> Callable[[dict[str, object]], object]:
    return lambda summary: summary.get(name)


_FIELDS = {
    name: _reader(name)
    for name in (
        *("call_cid", "call_session_id", "call_status", "call_duration_seconds"),
        *("created_at", "first_stats_time", "min_user_rating"),
    )
}


def _report(call: Call, session: Session) -> dict[str, object]:
    ratings = _ratings(call, session)
    return {
        "call": {"score": 0.0, "started_at": session.started_at, "ended_at": session.ended_at},
        "participants": {
            "sum": session.visits,
            "unique": len(session.visitors),
            "max_concurrent": session.most_at_once,
        },
        "user_ratings": {
            "average": sum(ratings) / len(ratings) if ratings else 0.0,
            "count": len(ratings),
        },
    }


def _ratings(call: Call, session: Session) -> list[int]:
    return [given.rating for given in call.feedback if given.session_id == session.id]


OPERATIONS = [
    Operation("QueryCallStats", "POST", "/call/stats", query_call_stats),
    Operation("GetCallReport", "GET", "/call/{type}/{id}/report", get_call_report),
    Operation(
        "GetActiveCallsStatus", "GET", "/active_calls_status", get_active_calls_status, access="server"
    ),
]
