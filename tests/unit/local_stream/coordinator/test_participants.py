"""Who is in a call, asked by filter."""

import pytest
from getstream import models

from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults


@pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
def test_by_filter(
    local_stream: LocalStream, host: str, viewer: str, call_id: str, base: str, times: Times
) -> None:
    path = f"{base}/call/livestream/{call_id}"
    local_stream.as_server("POST", f"{path}/go_live", {})
    with joined(local_stream, host, call_id), joined(local_stream, viewer, call_id):
        filters: list[tuple[dict[str, object], set[str]]] = [
            ({}, {host, viewer}),
            ({"user_id": {"$eq": viewer}}, {viewer}),
            ({"user_id": {"$in": [host, "another"]}}, {host}),
            ({"published_tracks": {"$eq": "video"}}, set()),
        ]
        for conditions, expected in filters:
            body = {"filter_conditions": conditions}
            answer = local_stream.as_server("POST", f"{path}/participants", body)
            assert answer.status_code == 201
            assert faults(answer.json(), models.QueryCallParticipantsResponse, times) == []
            assert {each["user"]["id"] for each in answer.json()["participants"]} == expected
            assert answer.json()["total_participants"] == 2
        one = local_stream.as_server("POST", f"{path}/participants", {}, limit="1").json()
        assert [each["user"]["id"] for each in one["participants"]] == [host]


def test_nobody_is_in_a_call_that_nobody_joined(local_stream: LocalStream, call_id: str) -> None:
    answer = local_stream.as_server("POST", f"/video/call/livestream/{call_id}/participants", {}).json()
    assert (answer["participants"], answer["total_participants"]) == ([], 0)


def test_a_limit_that_is_no_number(local_stream: LocalStream, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}/participants"
    assert local_stream.as_server("POST", path, {}, limit="all").status_code == 400
