"""Call types: the built-in ones, those of a server's own, and what their grants come to."""

import uuid
from typing import Any

import pytest
from getstream import models

from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults

DOORS: list[tuple[str, Times]] = [("/api/v2/video", "nanoseconds"), ("/video", "iso")]


def new_type(local_stream: LocalStream, **given: object) -> str:
    name = f"type-{uuid.uuid4()}"
    answer = local_stream.as_server("POST", "/api/v2/video/calltypes", {"name": name, **given})
    assert answer.status_code == 201, answer.text
    return name


def call_type(local_stream: LocalStream, name: str) -> dict[str, Any]:
    return dict(local_stream.as_server("GET", f"/api/v2/video/calltypes/{name}").json())


def own_capabilities(local_stream: LocalStream, call_type: str, user_id: str, **data: object) -> set[str]:
    path = f"/video/call/{call_type}/{uuid.uuid4()}"
    answer = local_stream.as_server("POST", path, {"data": {"created_by_id": "somebody-else", **data}})
    assert answer.status_code == 201, answer.text
    return set(local_stream.as_user(user_id, "GET", path).json()["own_capabilities"])


@pytest.mark.parametrize(("base", "times"), DOORS)
def test_answers_have_the_vendors_shapes(local_stream: LocalStream, base: str, times: Times) -> None:
    name = f"type-{uuid.uuid4()}"
    given = {"settings": {"recording": {"mode": "disabled", "layout": {"name": "grid", "options": {"a": 1}}}}}
    answers: list[tuple[str, str, object, Any]] = [
        ("POST", "/calltypes", {"name": name, **given}, models.CreateCallTypeResponse),
        ("GET", f"/calltypes/{name}", None, models.GetCallTypeResponse),
        ("PUT", f"/calltypes/{name}", {"external_storage": "mine"}, models.UpdateCallTypeResponse),
        ("GET", "/calltypes", None, models.ListCallTypeResponse),
        ("DELETE", f"/calltypes/{name}", None, models.Response),
    ]
    for method, path, body, model in answers:
        answer = local_stream.as_server(method, base + path, body)
        assert answer.status_code == (201 if method in ("POST", "PUT") else 200), answer.text
        assert faults(answer.json(), model, times) == []


def test_four_types_are_built_in(local_stream: LocalStream) -> None:
    listed = local_stream.as_server("GET", "/api/v2/video/calltypes").json()["call_types"]
    assert listed.keys() >= {"default", "livestream", "audio_room", "development"}
    backstage = {name: listed[name]["settings"]["backstage"]["enabled"] for name in listed}
    assert (backstage["default"], backstage["development"]) == (False, False)
    assert (backstage["livestream"], backstage["audio_room"]) == (True, True)
    assert listed["audio_room"]["settings"]["video"]["enabled"] is False


def test_a_new_type_is_as_default_with_what_it_says(local_stream: LocalStream) -> None:
    grants = {"admin": ["send-audio", "mute-users"], "judge": ["block-user-owner"]}
    name = new_type(local_stream, settings={"session": {"inactivity_timeout_seconds": 300}}, grants=grants)
    made, default = call_type(local_stream, name), call_type(local_stream, "default")
    assert made["settings"] == default["settings"] | {"session": {"inactivity_timeout_seconds": 300}}
    assert made["grants"] == default["grants"] | grants


def test_an_update_changes_what_it_names(local_stream: LocalStream) -> None:
    push = {"enabled": True, "call_ring": {"enabled": False, "apns": {"title": "{{ user.name }} rings"}}}
    name = new_type(local_stream, notification_settings=push)
    before = call_type(local_stream, name)
    change = {"grants": {"host": ["join-backstage"]}, "notification_settings": {"enabled": False}}
    assert local_stream.as_server("PUT", f"/api/v2/video/calltypes/{name}", change).status_code == 201
    after = call_type(local_stream, name)
    assert after["grants"] == before["grants"] | {"host": ["join-backstage"]}
    assert after["notification_settings"] == before["notification_settings"] | {"enabled": False}
    assert after["notification_settings"]["call_ring"]["apns"]["title"] == "{{ user.name }} rings"
    assert after["settings"] == before["settings"]
    assert after["updated_at"] > before["updated_at"]


def test_a_change_of_one_type_leaves_the_others(local_stream: LocalStream) -> None:
    def default() -> dict[str, Any]:
        return {**call_type(local_stream, "default"), "duration": ""}

    before = default()
    new_type(local_stream, settings={"backstage": {"enabled": True}}, grants={"user": []})
    assert default() == before


def test_a_deleted_type_makes_no_more_calls(local_stream: LocalStream, host: str) -> None:
    name = new_type(local_stream)
    path = f"/api/v2/video/call/{name}"
    body = {"data": {"created_by_id": host}}
    assert local_stream.as_server("POST", f"{path}/before", body).status_code == 201
    assert local_stream.as_server("DELETE", f"/api/v2/video/calltypes/{name}").status_code == 200
    gone = local_stream.as_server("GET", f"/api/v2/video/calltypes/{name}")
    assert (gone.status_code, gone.json()["code"]) == (404, 16)
    refused = local_stream.as_server("POST", f"{path}/after", body)
    assert (refused.status_code, refused.json()["code"]) == (404, 16)
    assert local_stream.as_server("GET", f"{path}/before").status_code == 200


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "name is a required field"),
        ({"name": "x" * 65}, "name must be a maximum of 64 characters in length"),
        ({"name": "a b"}, "is not valid"),
        ({"name": "default"}, "already exists"),
        ({"grants": {"user": ["fly"]}}, "unknown permission fly"),
        ({"grants": {"user": "send-audio"}}, "user must be a list"),
        ({"settings": {"audio": {}}}, "settings.audio.default_device is a required field"),
        ({"notification_settings": {"enabled": 1}}, "notification_settings.enabled must be a boolean"),
        ({"external_storage": 1}, "external_storage must be a string"),
    ],
)
def test_what_is_no_call_type(local_stream: LocalStream, body: dict[str, object], told: str) -> None:
    named = body if not body or "name" in body else {"name": f"type-{uuid.uuid4()}", **body}
    answer = local_stream.as_server("POST", "/api/v2/video/calltypes", named)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert told in answer.json()["message"]
    if "name" in named and named["name"] != "default":
        assert (
            named["name"] not in local_stream.as_server("GET", "/api/v2/video/calltypes").json()["call_types"]
        )


def test_call_types_are_for_servers(local_stream: LocalStream, host: str) -> None:
    answer = local_stream.as_user(host, "GET", "/video/calltypes")
    assert (answer.status_code, answer.json()["code"]) == (403, 17)


def test_grants_follow_role_member_role_and_ownership(local_stream: LocalStream, viewer: str) -> None:
    name = new_type(
        local_stream,
        grants={
            "user": ["join-call", "read-call", "send-audio-owner", "send-event"],
            "judge": ["block-user", "enable-noise-cancellation-any-team"],
        },
    )
    plain = {"join-call", "read-call"}
    assert own_capabilities(local_stream, name, viewer) == plain
    assert own_capabilities(local_stream, name, viewer, created_by_id=viewer) == plain | {"send-audio"}
    members = [{"user_id": viewer, "role": "judge"}]
    judge = own_capabilities(local_stream, name, viewer, members=members)
    assert judge == plain | {"block-users", "enable-noise-cancellation"}


def test_calls_feel_new_grants_at_once(local_stream: LocalStream, host: str, viewer: str) -> None:
    name = new_type(local_stream)
    path = f"/video/call/{name}/{uuid.uuid4()}"
    local_stream.as_server("POST", path, {"data": {"created_by_id": host}})
    assert local_stream.as_user(viewer, "GET", path).status_code == 200
    local_stream.as_server("PUT", f"/api/v2/video/calltypes/{name}", {"grants": {"user": []}})
    refused = local_stream.as_user(viewer, "GET", path)
    assert refused.status_code == 403
    assert f"is not allowed to perform action ReadCall in scope 'video:{name}'" in refused.json()["message"]


# Two that tell each built-in type from the others, for somebody who does not own the call.
@pytest.mark.parametrize(
    ("call_type", "may", "may_not"),
    [
        ("default", {"send-video", "screenshare", "end-call"}, {"mute-users", "join-backstage"}),
        ("livestream", {"join-call", "create-reaction"}, {"send-audio", "send-video", "join-backstage"}),
        ("audio_room", {"join-call", "create-reaction"}, {"send-audio", "screenshare", "end-call"}),
        ("development", {"mute-users", "join-backstage", "update-call-permissions"}, set()),
    ],
)
def test_users_of_built_in_types(
    local_stream: LocalStream, viewer: str, call_type: str, may: set[str], may_not: set[str]
) -> None:
    held = own_capabilities(local_stream, call_type, viewer)
    assert may <= held
    assert not may_not & held


def test_owners_have_more(local_stream: LocalStream, viewer: str) -> None:
    owned = own_capabilities(local_stream, "audio_room", viewer, created_by_id=viewer)
    assert owned >= {"send-audio", "join-backstage", "end-call", "update-call-permissions"}
    assert not owned & {"send-video", "screenshare"}
