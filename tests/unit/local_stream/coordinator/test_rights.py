"""Whatever changes what people may do reaches them inside the call, too."""

import uuid
from typing import Any

import pytest
from getstream.video.rtc.pb.stream.video.sfu.models.models_pb2 import CallGrants

from tests.unit.local_stream.participant import Participant, joined, joined_with
from tests.unit.local_stream.server import LocalStream

EVERYTHING = CallGrants(can_publish_audio=True, can_publish_video=True, can_screenshare=True)
NOTHING = CallGrants()


@pytest.fixture
def live_call_id(local_stream: LocalStream, call_id: str) -> str:
    local_stream.as_server("POST", f"/video/call/livestream/{call_id}/go_live", {})
    return call_id


def test_a_promotion_a_demotion_and_a_removal_reach_the_member(
    local_stream: LocalStream, viewer: str, live_call_id: str
) -> None:
    path = f"/video/call/livestream/{live_call_id}/members"
    with joined(local_stream, viewer, live_call_id) as participant:
        for role, grants in (("host", EVERYTHING), ("user", NOTHING), ("host", EVERYTHING)):
            change = {"update_members": [{"user_id": viewer, "role": role}]}
            assert local_stream.as_server("POST", path, change).is_success
            assert _told(participant) == grants
        assert local_stream.as_server("POST", path, {"remove_members": [viewer]}).is_success
        assert _told(participant) == NOTHING


def test_another_role_of_the_user_reaches_it(
    local_stream: LocalStream, viewer: str, live_call_id: str
) -> None:
    with joined(local_stream, viewer, live_call_id) as participant:
        users = {viewer: {"id": viewer, "role": "admin"}}
        assert local_stream.as_server("POST", "/api/v2/users", {"users": users}).is_success
        assert _told(participant) == EVERYTHING
        partial = [{"id": viewer, "set": {"role": "user"}}]
        assert local_stream.as_server("PATCH", "/api/v2/users", {"users": partial}).is_success
        assert _told(participant) == NOTHING


def test_other_grants_of_the_type_reach_who_is_in_its_calls(local_stream: LocalStream, viewer: str) -> None:
    call_type, call_id = f"type-{uuid.uuid4()}", str(uuid.uuid4())
    types = "/api/v2/video/calltypes"
    grants = {"user": ["join-call", "read-call"]}
    assert local_stream.as_server("POST", types, {"name": call_type, "grants": grants}).is_success
    made = {"data": {"created_by_id": viewer}}
    assert local_stream.as_server("POST", f"/api/v2/video/call/{call_type}/{call_id}", made).is_success
    with joined(local_stream, viewer, call_id, call_type=call_type) as participant:
        grants = {"user": ["join-call", "read-call", "send-audio"]}
        assert local_stream.as_server("PUT", f"{types}/{call_type}", {"grants": grants}).is_success
        assert _told(participant) == CallGrants(can_publish_audio=True)


def test_the_role_of_a_call_token_is_not_forgotten_inside(
    local_stream: LocalStream, viewer: str, call_id: str
) -> None:
    authorization = local_stream.server.create_call_token(
        viewer, call_cids=[f"livestream:{call_id}"], role="host"
    )
    path = f"/video/call/livestream/{call_id}"
    with joined_with(local_stream, authorization, viewer, call_id) as participant:
        revoked = {"user_id": viewer, "revoke_permissions": ["screenshare"]}
        assert local_stream.as_server("POST", f"{path}/user_permissions", revoked).is_success
        assert _told(participant) == CallGrants(can_publish_audio=True, can_publish_video=True)
        for step in ("go_live", "stop_live"):
            assert local_stream.as_server("POST", f"{path}/{step}", {}).is_success
        inside = local_stream.http.get(f"/_control/calls/livestream/{call_id}").json()["participants"]
    assert [each["user_id"] for each in inside] == [viewer]


def test_update_call_alone_is_enough_for_settings(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path, change = (
        f"/video/call/livestream/{call_id}",
        {"settings_override": {"screensharing": {"enabled": False}}},
    )
    changed = local_stream.as_user(host, "PATCH", path, change)
    assert changed.status_code == 200
    assert "update-call-settings" not in changed.json()["own_capabilities"]
    assert changed.json()["call"]["settings"]["screensharing"]["enabled"] is False
    assert local_stream.as_user(viewer, "PATCH", path, change).status_code == 403


def _told(participant: Participant) -> CallGrants:
    event: Any = participant.hears("call_grants_updated")
    grants: CallGrants = event.current_grants
    return grants
