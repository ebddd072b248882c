"""Permissions of single users: asked for, granted, revoked."""

from typing import Any

import pytest
from getstream import models
from getstream.video.rtc.pb.stream.video.sfu.models.models_pb2 import CallGrants

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults


@pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
def test_granting_and_revoking_change_what_a_user_may(
    local_stream: LocalStream, viewer: str, call_id: str, base: str, times: Times
) -> None:
    path = f"{base}/call/livestream/{call_id}"
    before = _capabilities(local_stream, viewer, call_id)
    steps: list[tuple[dict[str, object], set[str]]] = [
        ({"grant_permissions": ["send-audio", "screenshare"]}, {"send-audio", "screenshare"}),
        ({"revoke_permissions": ["send-audio"]}, {"screenshare"}),
        ({"grant_permissions": ["send-video"], "revoke_permissions": ["screenshare"]}, {"send-video"}),
    ]
    for change, added in steps:
        answer = local_stream.as_server("POST", f"{path}/user_permissions", {"user_id": viewer, **change})
        assert answer.status_code == 201
        assert faults(answer.json(), models.UpdateUserPermissionsResponse, times) == []
        assert _capabilities(local_stream, viewer, call_id) - before == added


def test_revoking_takes_away_what_a_role_or_ownership_gives(
    local_stream: LocalStream, host: str, call_id: str
) -> None:
    path = f"/video/call/livestream/{call_id}/user_permissions"
    local_stream.as_server("POST", path, {"user_id": host, "revoke_permissions": ["send-video"]})
    assert "send-video" not in _capabilities(local_stream, host, call_id)
    local_stream.as_server("POST", path, {"user_id": host, "grant_permissions": ["send-video"]})
    assert "send-video" in _capabilities(local_stream, host, call_id)


def test_who_watches_and_who_is_in_the_call_hear_of_it(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, viewer) as watcher, joined(local_stream, host, call_id) as participant:
        watcher.asks("GET", path)
        local_stream.as_server(
            "POST", f"/video{path}/user_permissions", {"user_id": host, "revoke_permissions": ["send-audio"]}
        )
        event = watcher.hears("call.permissions_updated")
        told: Any = participant.hears("call_grants_updated")
    assert faults(event, models.UpdatedCallPermissionsEvent, "iso") == []
    assert event["user"]["id"] == host
    assert "send-audio" not in event["own_capabilities"]
    assert "send-video" in event["own_capabilities"]
    assert told.current_grants == CallGrants(can_publish_video=True, can_screenshare=True)


def test_a_request_is_an_event_to_who_watches(local_stream: LocalStream, host: str, viewer: str) -> None:
    asked_for = {"audio": {"access_request_enabled": True, "default_device": "speaker"}}
    call_id = local_stream.new_call(host, settings_override=asked_for)
    path = f"/call/livestream/{call_id}"
    with connected(local_stream, host) as owner, connected(local_stream, viewer) as asker:
        owner.asks("GET", path)
        assert asker.asks("POST", f"{path}/request_permission", {"permissions": ["send-audio"]}).keys() == {
            "duration"
        }
        event = owner.hears("call.permission_request")
        assert faults(event, models.PermissionRequestEvent, "iso") == []
        assert (event["user"]["id"], event["permissions"]) == (viewer, ["send-audio"])
        assert asker.heard_before_echo() == []


@pytest.mark.parametrize(
    ("permissions", "reason"),
    [
        (["send-audio"], "audio.access_request_enabled is false"),
        (["end-call"], "must be of send-audio, send-video, screenshare, got end-call"),
        ([], "permissions is a required field"),
    ],
)
def test_what_may_not_be_asked_for(
    local_stream: LocalStream, viewer: str, call_id: str, permissions: list[str], reason: str
) -> None:
    path = f"/video/call/livestream/{call_id}/request_permission"
    answer = local_stream.as_user(viewer, "POST", path, {"permissions": permissions})
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert reason in answer.json()["message"]


def test_a_viewer_may_not_grant(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    body = {"user_id": viewer, "grant_permissions": ["send-video"]}
    answer = local_stream.as_user(viewer, "POST", f"/video/call/livestream/{call_id}/user_permissions", body)
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
    assert "perform action UpdateCallPermissions in scope" in answer.json()["message"]
    assert "send-video" not in _capabilities(local_stream, viewer, call_id)


def _capabilities(local_stream: LocalStream, user_id: str, call_id: str) -> set[str]:
    answer = local_stream.as_user(user_id, "GET", f"/video/call/livestream/{call_id}").json()
    return set(answer["own_capabilities"])
