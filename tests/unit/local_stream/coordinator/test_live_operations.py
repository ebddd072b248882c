"""Going live, stopping and ending: who may, what changes, who hears of it."""

import pytest

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.server import LocalStream


@pytest.mark.parametrize(
    ("operation", "action"),
    [("go_live", "UpdateCall"), ("stop_live", "UpdateCall"), ("mark_ended", "EndCall")],
)
def test_a_viewer_may_not(
    local_stream: LocalStream, viewer: str, call_id: str, operation: str, action: str
) -> None:
    path = f"/video/call/livestream/{call_id}"
    before = local_stream.as_user(viewer, "GET", path).json()["call"]
    answer = local_stream.as_user(viewer, "POST", f"{path}/{operation}", {})
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
    assert (
        f"is not allowed to perform action {action} in scope 'video:livestream'" in answer.json()["message"]
    )
    assert local_stream.as_user(viewer, "GET", path).json()["call"] == before


def test_watchers_hear_the_whole_cycle_in_order(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner, connected(local_stream, viewer) as watcher:
        watcher.asks("GET", path)
        for step in ("go_live", "stop_live", "go_live", "mark_ended"):
            owner.asks("POST", f"{path}/{step}", {})
        heard = watcher.heard_before_echo()
        unheard = owner.heard_before_echo()
    story = [(event["type"], event["call"]["backstage"], event["call"]["ended_at"]) for event in heard]
    assert [(kind, backstage) for kind, backstage, _ in story] == [
        ("call.live_started", False),
        ("call.updated", True),
        ("call.live_started", False),
        ("call.ended", False),
    ]
    assert [bool(ended) for *_, ended in story] == [False, False, False, True]
    assert heard[-1]["user"]["id"] == host
    assert {event["call_cid"] for event in heard} == {f"livestream:{call_id}"}
    # The owner asked without its connection id's call being watched: nothing was read or joined.
    assert unheard == []


def test_what_is_so_already_makes_no_event(local_stream: LocalStream, host: str, call_id: str) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        for step in ("stop_live", "go_live", "go_live", "mark_ended", "mark_ended"):
            owner.asks("POST", f"{path}/{step}", {})
        kinds = [event["type"] for event in owner.heard_before_echo()]
    assert kinds == ["call.live_started", "call.ended"]


def test_the_times_of_the_broadcast_are_in_the_session(
    local_stream: LocalStream, host: str, call_id: str
) -> None:
    path = f"/video/call/livestream/{call_id}"
    local_stream.as_user(host, "POST", f"{path}/join", {"location": "LCL"})
    live = local_stream.as_user(host, "POST", f"{path}/go_live", {}).json()["call"]["session"]
    assert live["live_started_at"] is not None
    assert live["live_ended_at"] is None
    stopped = local_stream.as_user(host, "POST", f"{path}/stop_live", {}).json()["call"]["session"]
    assert stopped["live_started_at"] == live["live_started_at"]
    assert stopped["live_ended_at"] >= live["live_started_at"]
    local_stream.as_user(host, "POST", f"{path}/mark_ended", {})
    ended = local_stream.as_user(host, "GET", path).json()["call"]
    assert (ended["session"], ended["current_session_id"]) == (None, "")


def test_what_has_ended_does_not_go_live(local_stream: LocalStream, host: str, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}"
    local_stream.as_user(host, "POST", f"{path}/mark_ended", {})
    refused = local_stream.as_user(host, "POST", f"{path}/go_live", {})
    assert (refused.status_code, refused.json()["code"]) == (400, 4)
    assert refused.json()["message"] == 'GoLive failed with error: "call has ended"'
    assert local_stream.as_user(host, "GET", path).json()["call"]["backstage"] is True
