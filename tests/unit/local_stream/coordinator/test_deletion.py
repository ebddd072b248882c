"""Deleting a call: softly, for good, and what is left."""

import pytest
from getstream import models

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults


@pytest.mark.parametrize(
    ("base", "area", "times"),
    [("/api/v2/video", "/api/v2", "nanoseconds"), ("/video", "/video", "iso")],
)
@pytest.mark.parametrize("hard", [False, True])
def test_it_is_not_found_any_more(
    local_stream: LocalStream, call_id: str, base: str, area: str, times: Times, hard: bool
) -> None:
    path, cid = f"{base}/call/livestream/{call_id}", f"livestream:{call_id}"
    answer = local_stream.as_server("POST", f"{path}/delete", {"hard": hard})
    assert answer.status_code == 201
    assert faults(answer.json(), models.DeleteCallResponse, times) == []
    assert answer.json()["call"]["cid"] == cid
    gone = local_stream.as_server("GET", path)
    assert (gone.status_code, gone.json()["code"]) == (404, 16)
    assert gone.json()["message"] == f'GetCall failed with error: "Can\'t find call with id {cid}"'
    found = local_stream.as_server("POST", f"{base}/calls", {"filter_conditions": {"cid": cid}})
    assert found.json()["calls"] == []
    task_id = answer.json()["task_id"]
    if not hard:
        assert task_id is None
        return
    task = local_stream.as_server("GET", f"{area}/tasks/{task_id}").json()
    assert faults(task, models.GetTaskResponse, times) == []
    assert (task["status"], task["result"]) == ("completed", {cid: {"status": "ok"}})


def test_everybody_leaves_and_hears_of_it(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, viewer) as watcher:
        watcher.asks("GET", path)
        with joined(local_stream, host, call_id) as participant:
            watcher.hears("call.session_participant_count_updated")
            local_stream.as_server("POST", f"/video{path}/delete", {})
            participant.hears("call_ended")
        heard = watcher.heard_before_echo()
    assert [event["type"] for event in heard] == [
        "call.session_participant_left",
        "call.session_participant_count_updated",
        "call.session_ended",
        "call.deleted",
    ]
    assert faults(heard[-1], models.CallDeletedEvent, "iso") == []


def test_the_id_is_free_again(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}"
    local_stream.as_server("POST", f"{path}/block", {"user_id": viewer})
    local_stream.as_server("POST", f"{path}/delete", {})
    again = local_stream.as_user(viewer, "POST", path, {}).json()
    assert again["created"] is True
    assert (again["call"]["created_by"]["id"], again["call"]["blocked_user_ids"]) == (viewer, [])


def test_who_may(local_stream: LocalStream, host: str, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}/delete"
    answer = local_stream.as_user(host, "POST", path, {})
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
    assert "perform action DeleteCall in scope 'video:livestream'" in answer.json()["message"]
    assert local_stream.as_user(local_stream.new_user("admin"), "POST", path, {}).status_code == 201
