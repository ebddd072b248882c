"""Who may join a livestream, when, and what they get."""

import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.unit.local_stream.server import LocalStream

LOCATION = {"location": "LCL"}


def join(local_stream: LocalStream, user_id: str, call_id: str, **body: object) -> httpx.Response:
    return local_stream.as_user(user_id, "POST", f"/video/call/livestream/{call_id}/join", LOCATION | body)


def test_the_owner_joins_backstage_with_everything_to_publish(
    local_stream: LocalStream, host: str, call_id: str
) -> None:
    answer = join(local_stream, host, call_id).json()
    assert answer["created"] is False
    assert {"join-backstage", "send-audio", "send-video", "end-call", "update-call"} <= set(
        answer["own_capabilities"]
    )
    server = answer["credentials"]["server"]
    assert server["url"].startswith(f"{local_stream.base_url}/sfu")
    assert server["ws_endpoint"].startswith(local_stream.base_url.replace("http", "ws", 1) + "/sfu")
    assert isinstance(answer["credentials"]["token"], str)
    assert isinstance(answer["credentials"]["ice_servers"], list)
    assert set(answer["stats_options"]) == {"reporting_interval_ms", "enable_rtc_stats"}
    assert answer["call"]["current_session_id"] == answer["call"]["session"]["id"]


def test_a_viewer_is_refused_in_backstage(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    answer = join(local_stream, viewer, call_id)
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
    assert answer.json()["message"] == (
        f"JoinCall failed with error: \"User '{viewer}' with role 'user' is not allowed to perform action "
        "JoinBackstage in scope 'video:livestream'\""
    )


def test_a_viewer_joins_when_live_with_nothing_to_publish(
    local_stream: LocalStream, viewer: str, call_id: str
) -> None:
    local_stream.as_server("POST", f"/api/v2/video/call/livestream/{call_id}/go_live", {})
    capabilities = set(join(local_stream, viewer, call_id).json()["own_capabilities"])
    assert {"join-call", "read-call"} <= capabilities
    assert not capabilities & {
        "send-audio",
        "send-video",
        "screenshare",
        "join-backstage",
        "update-call",
        "end-call",
    }


def test_nobody_but_owner_and_admins_joins_an_ended_call(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    local_stream.as_server("POST", f"/api/v2/video/call/livestream/{call_id}/mark_ended", {})
    answer = join(local_stream, viewer, call_id)
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
    assert "JoinEndedCall" in answer.json()["message"]
    for user_id in (host, local_stream.new_user(role="admin")):
        assert join(local_stream, user_id, call_id).status_code == 201


@pytest.mark.parametrize(("starts_in", "status"), [(60, 201), (3600, 403)])
def test_the_time_of_joining_ahead(
    local_stream: LocalStream, host: str, viewer: str, starts_in: int, status: int
) -> None:
    starts_at = (datetime.now(UTC) + timedelta(seconds=starts_in)).isoformat()
    settings = {"backstage": {"enabled": True, "join_ahead_time_seconds": 300}}
    call_id = local_stream.new_call(host, starts_at=starts_at, settings_override=settings)
    assert join(local_stream, viewer, call_id).status_code == status


def test_a_time_of_joining_ahead_that_reaches_before_all_times(
    local_stream: LocalStream, host: str, viewer: str
) -> None:
    settings = {"backstage": {"enabled": True, "join_ahead_time_seconds": 2**31 - 1}}
    call_id = local_stream.new_call(host, starts_at="0001-01-01T00:00:00Z", settings_override=settings)
    assert join(local_stream, viewer, call_id).status_code == 201


def test_a_location_is_needed(local_stream: LocalStream, host: str, call_id: str) -> None:
    answer = local_stream.as_user(host, "POST", f"/video/call/livestream/{call_id}/join", {})
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert "location" in answer.json()["exception_fields"]


def test_a_call_that_does_not_exist(local_stream: LocalStream, host: str) -> None:
    answer = join(local_stream, host, "nowhere", create=False)
    assert (answer.status_code, answer.json()["code"]) == (404, 16)
    assert (
        answer.json()["message"]
        == 'JoinCall failed with error: "Can\'t find call with id livestream:nowhere"'
    )


def test_create_makes_the_call_and_its_owner(local_stream: LocalStream, viewer: str) -> None:
    answer = join(local_stream, viewer, str(uuid.uuid4()), create=True).json()
    assert answer["created"] is True
    assert answer["call"]["created_by"]["id"] == viewer


def test_a_member_with_role_host_is_above_the_others(
    local_stream: LocalStream, host: str, viewer: str
) -> None:
    call_id = local_stream.new_call(host, members=[{"user_id": viewer, "role": "host"}])
    answer = join(local_stream, viewer, call_id)
    assert answer.status_code == 201
    assert {"send-video", "update-call"} <= set(answer.json()["own_capabilities"])


def test_a_server_joins_for_a_user(local_stream: LocalStream, host: str, call_id: str) -> None:
    path = f"/api/v2/video/call/livestream/{call_id}/join"
    assert local_stream.as_server("POST", path, LOCATION, user_id=host).status_code == 201
    nameless = local_stream.as_server("POST", path, LOCATION)
    assert (nameless.status_code, nameless.json()["code"]) == (400, 4)
