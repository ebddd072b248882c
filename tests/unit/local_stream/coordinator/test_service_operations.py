"""Rate limits, edges and reports of sessions."""

import httpx
import pytest
from getstream import models

from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults

DOORS: list[tuple[str, Times]] = [("/api/v2", "nanoseconds"), ("/video", "iso")]


@pytest.mark.parametrize(("base", "times"), DOORS)
def test_rate_limits_are_what_is_left(local_stream: LocalStream, base: str, times: Times) -> None:
    asked = {"server_side": "true", "endpoints": "GetEdges,QueryChannels"}
    before = local_stream.as_server("GET", f"{base}/rate_limits", **asked).json()
    assert faults(before, models.GetRateLimitsResponse, times) == []
    assert before.keys() == {"server_side", "duration"}
    local_stream.as_server("GET", "/video/edges")
    after = local_stream.as_server("GET", f"{base}/rate_limits", **asked).json()
    one, other = (answer["server_side"]["GetEdges"] for answer in (before, after))
    assert other["reset"] > one["reset"] or other["remaining"] == one["remaining"] - 1
    assert after["server_side"]["QueryChannels"]["remaining"] == other["limit"]


def test_without_names_there_are_all_that_were_asked(local_stream: LocalStream) -> None:
    local_stream.as_server("GET", "/video/edges")
    limits = local_stream.as_server("GET", "/api/v2/rate_limits").json()
    assert {"server_side", "web", "ios", "android"} <= limits.keys()
    assert "GetEdges" in local_stream.as_server("GET", "/api/v2/rate_limits").json()["server_side"]


@pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
def test_there_is_one_edge_and_it_answers(local_stream: LocalStream, base: str, times: Times) -> None:
    answer = local_stream.as_server("GET", f"{base}/edges").json()
    assert faults(answer, models.GetEdgesResponse, times) == []
    (edge,) = answer["edges"]
    assert httpx.get(edge["latency_test_url"]).is_success


@pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
def test_sessions_that_began_are_reported(
    local_stream: LocalStream, host: str, call_id: str, base: str, times: Times
) -> None:
    path = f"/video/call/livestream/{call_id}"
    asked = {"filter_conditions": {"call_cid": f"livestream:{call_id}"}}
    # A session that somebody was let into, but that nobody came to, has not begun.
    local_stream.as_user(host, "POST", f"{path}/join", {"location": "LCL"})
    assert local_stream.as_server("POST", f"{base}/call/stats", asked).json()["reports"] == []
    with joined(local_stream, host, call_id):
        (open_one,) = local_stream.as_server("POST", f"{base}/call/stats", asked).json()["reports"]
    local_stream.as_user(host, "POST", f"{path}/mark_ended")
    answer = local_stream.as_server("POST", f"{base}/call/stats", asked)
    assert faults(answer.json(), models.QueryCallStatsResponse, times) == []
    (ended,) = answer.json()["reports"]
    assert (open_one["call_status"], ended["call_status"]) == ("active", "ended")
    assert ended["call_session_id"] == open_one["call_session_id"]


def test_a_viewer_sees_no_report_of_what_it_may_not_read(
    local_stream: LocalStream, host: str, viewer: str
) -> None:
    call_id = local_stream.new_call(host)
    with joined(local_stream, host, call_id):
        local_stream.as_user(host, "POST", f"/video/call/livestream/{call_id}/block", {"user_id": viewer})
        asked = {"filter_conditions": {"call_cid": f"livestream:{call_id}"}}
        seen = [
            len(local_stream.as_user(user, "POST", "/video/call/stats", asked).json()["reports"])
            for user in (host, viewer)
        ]
    assert seen == [1, 0]
