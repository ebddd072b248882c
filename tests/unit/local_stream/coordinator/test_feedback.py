"""What users say of a call: taken, told, and asked for."""

import pytest
from getstream import models

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults

GIVEN: dict[str, object] = {"rating": 4, "reason": "fine", "sdk": "js", "sdk_version": "1.60.0"}


@pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
def test_feedback_is_kept_with_its_session(
    local_stream: LocalStream, host: str, call_id: str, base: str, times: Times
) -> None:
    path = f"{base}/call/livestream/{call_id}"
    with joined(local_stream, host, call_id):
        session_id = local_stream.as_server("GET", path).json()["call"]["session"]["id"]
        given = {**GIVEN, "custom": {"device": {"name": "phone"}}}
        answer = local_stream.as_user(host, "POST", f"{path}/feedback", given)
    assert answer.status_code == 201
    assert faults(answer.json(), models.CollectUserFeedbackResponse, times) == []
    conditions = {"filter_conditions": {"cid": f"livestream:{call_id}", "rating": {"$gte": 4}}}
    found = local_stream.as_server("POST", f"{base}/call/feedback", conditions)
    assert faults(found.json(), models.QueryUserFeedbackResponse, times) == []
    [kept] = found.json()["user_feedback"]
    assert {name: kept[name] for name in given} == given
    assert (kept["user_id"], kept["session_id"]) == (host, session_id)


def test_who_watches_hears_of_it(local_stream: LocalStream, host: str, viewer: str, call_id: str) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        local_stream.as_user(viewer, "POST", f"/video{path}/feedback", GIVEN)
        event = owner.hears("call.user_feedback_submitted")
    assert faults(event, models.CallUserFeedbackSubmittedEvent, "iso") == []
    assert (event["user"]["id"], event["rating"]) == (viewer, 4)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rating": None}, "rating is a required field"),
        ({"sdk": None}, "sdk is a required field"),
        ({"rating": 6}, "rating must be between 1 and 5, got 6"),
        ({"rating": 0}, "rating must be between 1 and 5, got 0"),
    ],
)
def test_a_rating_that_is_none(
    local_stream: LocalStream, host: str, call_id: str, change: dict[str, object], reason: str
) -> None:
    path = f"/video/call/livestream/{call_id}/feedback"
    answer = local_stream.as_user(host, "POST", path, GIVEN | change)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert reason in answer.json()["message"]
