"""Statistics of calls: only what is known, in the vendor's shapes."""

import httpx
import pytest
from getstream import Stream, models

from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import API_KEY, API_SECRET, PATIENCE, LocalStream, eventually, running
from tests.unit.local_stream.shapes import Times, faults

DOORS = pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])


@DOORS
def test_a_call_that_nobody_came_to_has_none(
    local_stream: LocalStream, call_id: str, base: str, times: Times
) -> None:
    path = f"{base}/call/livestream/{call_id}"
    local_stream.as_server(
        "POST", f"{path}/join", {"location": "LCL"}, user_id=local_stream.new_user("admin")
    )
    summaries = local_stream.as_server("POST", f"{base}/call/stats", _of(call_id))
    assert summaries.json()["reports"] == []
    assert faults(summaries.json(), models.QueryCallStatsResponse, times) == []
    for query in ({}, {"session_id": "another"}):
        report = local_stream.as_server("GET", f"{path}/report", **query)
        assert (report.status_code, report.json()["code"]) == (404, 16)
        assert faults(report.json(), models.APIError, times) == []


@DOORS
def test_a_session_is_counted_rated_and_timed(
    local_stream: LocalStream, host: str, viewer: str, call_id: str, base: str, times: Times
) -> None:
    path = f"{base}/call/livestream/{call_id}"
    local_stream.as_server("POST", f"{path}/go_live", {})
    with joined(local_stream, host, call_id) as twice:
        twice.leaves()
        eventually(lambda: not _inside(local_stream, call_id))
    with joined(local_stream, host, call_id), joined(local_stream, viewer, call_id):
        session_id = local_stream.as_server("GET", path).json()["call"]["session"]["id"]
        for rating in (2, 5):
            said = {"rating": rating, "sdk": "js", "sdk_version": "1"}
            local_stream.as_user(viewer, "POST", f"{path}/feedback", said)
        [running] = local_stream.as_server("POST", f"{base}/call/stats", _of(call_id)).json()["reports"]
        assert (running["call_session_id"], running["call_status"]) == (session_id, "active")
        local_stream.as_server("POST", f"{path}/mark_ended", {})
    summaries = local_stream.as_server("POST", f"{base}/call/stats", _of(call_id)).json()
    assert faults(summaries, models.QueryCallStatsResponse, times) == []
    [ended] = summaries["reports"]
    assert (ended["call_session_id"], ended["call_status"], ended["min_user_rating"]) == (
        session_id,
        "ended",
        2,
    )
    for query in ({}, {"session_id": session_id}):
        report = local_stream.as_server("GET", f"{path}/report", **query).json()
        assert faults(report, models.GetCallReportResponse, times) == []
        assert report["session_id"] == session_id
        assert report["report"]["participants"] == {"sum": 3, "unique": 2, "max_concurrent": 2}
        assert report["report"]["user_ratings"] == {"average": 3.5, "count": 2}
        assert report["report"]["call"]["ended_at"] is not None


def test_what_is_active_is_counted() -> None:
    # A server of its own: nobody else comes or goes.
    with running() as base_url, httpx.Client(base_url=base_url, timeout=PATIENCE) as http:
        alone = LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)
        host = alone.new_user()
        call_id = alone.new_call(host)
        alone.new_call(host)
        with joined(alone, host, call_id), joined(alone, host, call_id):
            answers: list[tuple[str, Times]] = [("/api/v2/video", "nanoseconds"), ("/video", "iso")]
            for base, times in answers:
                answer = alone.as_server("GET", f"{base}/active_calls_status").json()
                assert faults(answer, models.GetActiveCallsStatusResponse, times) == []
                assert answer["summary"] == {
                    "active_calls": 1,
                    "active_publishers": 0,
                    "active_subscribers": 0,
                    "participants": 2,
                }


def test_who_may_not(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}"
    report = local_stream.as_user(viewer, "GET", f"{path}/report")
    assert (report.status_code, report.json()["code"]) == (403, 17)
    assert local_stream.as_user(viewer, "GET", "/video/active_calls_status").status_code == 403
    local_stream.as_server("POST", f"{path}/block", {"user_id": viewer})
    hidden = local_stream.as_user(viewer, "POST", "/video/call/stats", _of(call_id)).json()
    assert hidden["reports"] == []


def _inside(local_stream: LocalStream, call_id: str) -> list[object]:
    """Whom the coordinator has in the call."""
    call = local_stream.as_server("GET", f"/video/call/livestream/{call_id}").json()["call"]
    return list(call["session"]["participants"])


def _of(call_id: str) -> dict[str, object]:
    return {"filter_conditions": {"call_cid": f"livestream:{call_id}"}}
