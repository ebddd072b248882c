"""Muting others, as far as the coordinator goes: who may, and who hears. More: sfu/test_moderation."""

import pytest
from getstream import models

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults


@pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
def test_named_users_are_muted(
    local_stream: LocalStream, host: str, viewer: str, call_id: str, base: str, times: Times
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        body = {"muted_by_id": host, "user_ids": [viewer], "audio": True, "screenshare": True}
        answer = local_stream.as_server("POST", f"{base}{path}/mute_users", body)
        assert answer.status_code == 201
        assert faults(answer.json(), models.MuteUsersResponse, times) == []
        event = owner.hears("call.user_muted")
    assert faults(event, models.CallUserMutedEvent, "iso") == []
    assert (event["from_user_id"], event["muted_user_ids"]) == (host, [viewer])


def test_all_are_all_others_in_the_call(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner:
        owner.asks("GET", path)
        owner.asks("POST", f"{path}/go_live", {})
        with joined(local_stream, host, call_id), joined(local_stream, viewer, call_id):
            owner.asks("POST", f"{path}/mute_users", {"mute_all_users": True, "audio": True})
            assert owner.hears("call.user_muted")["muted_user_ids"] == [viewer]


def test_a_viewer_may_mute_itself_alone(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/video/call/livestream/{call_id}/mute_users"
    assert local_stream.as_user(viewer, "POST", path, {"user_ids": [viewer], "audio": True}).is_success
    for body in ({"user_ids": [host, viewer]}, {"mute_all_users": True}):
        answer = local_stream.as_user(viewer, "POST", path, {**body, "audio": True})
        assert (answer.status_code, answer.json()["code"]) == (403, 17)
        assert "perform action MuteUsers in scope" in answer.json()["message"]


@pytest.mark.parametrize(
    ("user_ids", "reason"),
    [(None, "user_ids is a required field"), (["nobody"], "the provided users [nobody] don't exist")],
)
def test_who_is_to_be_muted_must_be_said(
    local_stream: LocalStream, call_id: str, user_ids: list[str] | None, reason: str
) -> None:
    body = {"user_ids": user_ids, "audio": True}
    answer = local_stream.as_server("POST", f"/video/call/livestream/{call_id}/mute_users", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert reason in answer.json()["message"]
