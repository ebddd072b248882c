"""The app's settings, roles and permissions; bans and mutes."""

import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from getstream import Stream, models

from tests.unit.local_stream.receiver import receiving
from tests.unit.local_stream.server import API_KEY, API_SECRET, PATIENCE, LocalStream, eventually, running
from tests.unit.local_stream.shapes import Times, faults

DOORS: list[tuple[str, Times]] = [("/api/v2", "nanoseconds"), ("/video", "iso")]


@pytest.fixture
def role(local_stream: LocalStream) -> Iterator[str]:
    name = f"role-{uuid.uuid4()}"
    assert local_stream.as_server("POST", "/api/v2/roles", {"name": name}).status_code == 201
    yield name
    update(local_stream, grants={name: []})
    local_stream.as_server("DELETE", f"/api/v2/roles/{name}")


def update(local_stream: LocalStream, **settings: object) -> None:
    answer = local_stream.as_server("PATCH", "/api/v2/app", settings)
    assert answer.status_code == 200, answer.text


def app(local_stream: LocalStream) -> dict[str, Any]:
    return dict(local_stream.as_server("GET", "/api/v2/app").json()["app"])


@pytest.mark.parametrize(("base", "times"), DOORS)
def test_answers_have_the_vendors_shapes(
    local_stream: LocalStream, host: str, viewer: str, base: str, times: Times
) -> None:
    name = f"role-{uuid.uuid4()}"
    pair = {"target_ids": [viewer], "user_id": host, "timeout": 5}
    hook = {"hook_type": "webhook", "webhook_url": "http://127.0.0.1:9/hook", "event_types": ["call.ended"]}
    answers: list[tuple[str, str, object, Any]] = [
        ("PATCH", "/app", {"event_hooks": [hook], "grants": {name: ["create-call"]}}, models.Response),
        ("GET", "/app", None, models.GetApplicationResponse),
        ("PATCH", "/app", {"event_hooks": [], "grants": {name: []}}, models.Response),
        ("POST", "/roles", {"name": name}, models.CreateRoleResponse),
        ("GET", "/roles", None, models.ListRolesResponse),
        ("DELETE", f"/roles/{name}", None, models.Response),
        ("GET", "/permissions", None, models.ListPermissionsResponse),
        ("GET", "/permissions/join-call-owner", None, models.GetCustomPermissionResponse),
        ("POST", "/moderation/ban", {"target_user_id": viewer, "banned_by_id": host}, models.Response),
        ("GET", "/chat/query_banned_users", None, models.QueryBannedUsersResponse),
        ("POST", "/moderation/mute", pair, models.MuteResponse),
        ("POST", "/moderation/unmute", pair, models.UnmuteResponse),
        ("POST", f"/moderation/unban?target_user_id={viewer}", {}, models.UnbanResponse),
    ]
    for method, path, body, model in answers:
        bare, _, query = path.partition("?")
        answer = local_stream.as_server(method, base + bare, body, **dict(parse_qsl(query)))
        assert answer.status_code == (201 if method == "POST" else 200), (path, answer.text)
        assert faults(answer.json(), model, times) == []


def test_what_is_changed_is_shown_and_the_rest_stays(local_stream: LocalStream) -> None:
    before = app(local_stream)
    try:
        update(local_stream, webhook_url="http://127.0.0.1:9/hook", webhook_events=["call.ended"])
        after = app(local_stream)
        assert (after["webhook_url"], after["webhook_events"]) == ("http://127.0.0.1:9/hook", ["call.ended"])
        assert {**after, "webhook_url": "", "webhook_events": []} == before
    finally:
        update(local_stream, webhook_url="", webhook_events=[])


def test_event_hooks_are_replaced_as_a_whole(local_stream: LocalStream) -> None:
    hooks = [{"hook_type": "webhook", "webhook_url": f"http://127.0.0.1:9/{number}"} for number in range(2)]
    update(local_stream, event_hooks=hooks)
    kept = app(local_stream)["event_hooks"]
    assert [hook["webhook_url"] for hook in kept] == [hook["webhook_url"] for hook in hooks]
    assert len({hook["id"] for hook in kept}) == 2
    assert [hook["enabled"] for hook in kept] == [True, True]
    update(local_stream, event_hooks=[])
    assert app(local_stream)["event_hooks"] == []


def test_unknown_settings_are_told_in_the_journal(local_stream: LocalStream) -> None:
    before = app(local_stream)
    update(local_stream, apn_config={"development": True}, suspended=True)
    assert app(local_stream) == before
    entry = local_stream.journal(operation="UpdateApp")[-1]
    assert entry["detail"]["not_imitated"] == ["apn_config", "suspended"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"permission_version": "v3"}, "permission_version must be one of [v1 v2]"),
        ({"multi_tenant_enabled": "yes"}, "multi_tenant_enabled must be a boolean"),
        ({"event_hooks": {}}, "event_hooks must be a list"),
        ({"event_hooks": [{"hook_type": "pigeon"}]}, "event_hooks[0].hook_type must be one of [webhook sqs"),
        ({"event_hooks": [{}]}, "event_hooks[0].hook_type is a required field"),
        (
            {"event_hooks": [{"hook_type": "webhook", "webhook_url": "http://[::1"}]},
            "event_hooks[0].webhook_url must be a URL",
        ),
        (
            {"event_hooks": [{"hook_type": "webhook", "timeout_ms": 10**400}]},
            "event_hooks[0].timeout_ms must be 60,000 or less",
        ),
        ({"webhook_url": "http://[::1"}, "webhook_url must be a URL that begins with http:// or https://"),
        ({"webhook_url": "http://app.example:port"}, "webhook_url must be a URL"),
        ({"webhook_url": "ftp://app.example"}, "webhook_url must be a URL"),
        ({"grants": {"user": "join-call"}}, "user must be a list"),
        ({"grants": []}, "grants must be an object"),
    ],
)
def test_what_is_no_setting(local_stream: LocalStream, settings: dict[str, object], told: str) -> None:
    before = app(local_stream)
    answer = local_stream.as_server("PATCH", "/api/v2/app", settings)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert told in answer.json()["message"]
    assert app(local_stream) == before


def test_a_role_with_grants_cannot_be_deleted(local_stream: LocalStream, role: str) -> None:
    update(local_stream, grants={role: ["create-call"]})
    assert app(local_stream)["grants"][role] == ["create-call"]
    (shown,) = (
        each
        for each in local_stream.as_server("GET", "/api/v2/roles").json()["roles"]
        if each["name"] == role
    )
    assert (shown["custom"], shown["scopes"]) == (True, [".app"])
    refused = local_stream.as_server("DELETE", f"/api/v2/roles/{role}")
    assert (refused.status_code, refused.json()["code"]) == (400, 4)
    update(local_stream, grants={role: []})
    assert role not in app(local_stream)["grants"]
    assert local_stream.as_server("DELETE", f"/api/v2/roles/{role}").status_code == 200
    gone = local_stream.as_server("DELETE", f"/api/v2/roles/{role}")
    assert (gone.status_code, gone.json()["code"]) == (404, 16)


def test_roles_that_cannot_be(local_stream: LocalStream, role: str) -> None:
    for name in (role, "admin", "x" * 65, ""):
        assert local_stream.as_server("POST", "/api/v2/roles", {"name": name}).status_code == 400
    assert local_stream.as_server("DELETE", "/api/v2/roles/admin").status_code == 400


def test_permissions_are_those_that_grants_may_name(local_stream: LocalStream) -> None:
    listed = local_stream.as_server("GET", "/api/v2/permissions").json()["permissions"]
    granted = local_stream.as_server("GET", "/api/v2/video/calltypes/livestream").json()["grants"]["user"]
    known = {permission["id"] for permission in listed}
    assert {grant.removesuffix("-any-team") for grant in granted} <= known
    unknown = local_stream.as_server("GET", "/api/v2/permissions/fly")
    assert (unknown.status_code, unknown.json()["code"]) == (404, 16)


def test_the_app_is_for_servers(local_stream: LocalStream, host: str) -> None:
    for method, path in [("GET", "/app"), ("PATCH", "/app"), ("GET", "/roles"), ("GET", "/permissions")]:
        answer = local_stream.as_user(host, method, f"/video{path}", {} if method == "PATCH" else None)
        assert (answer.status_code, answer.json()["code"]) == (403, 17)


def test_bans_are_shown_until_they_are_lifted(local_stream: LocalStream, host: str, viewer: str) -> None:
    def bans() -> list[str]:
        payload = json.dumps({"filter_conditions": {"user_id": viewer}})
        answer = local_stream.as_server("GET", "/api/v2/chat/query_banned_users", payload=payload)
        return [ban["user"]["id"] for ban in answer.json()["bans"]]

    def banned() -> bool:
        payload = json.dumps({"filter_conditions": {"id": viewer}})
        (user,) = local_stream.as_server("GET", "/api/v2/users", payload=payload).json()["users"]
        return bool(user["banned"])

    assert (bans(), banned()) == ([], False)
    local_stream.as_server(
        "POST", "/api/v2/moderation/ban", {"target_user_id": viewer, "banned_by_id": host, "timeout": 1}
    )
    assert (bans(), banned()) == ([viewer], True)
    local_stream.as_server("POST", "/api/v2/moderation/unban", {}, target_user_id=viewer)
    assert (bans(), banned()) == ([], False)


def test_mutes_name_who_is_not_there(local_stream: LocalStream, host: str, viewer: str) -> None:
    body = {"target_ids": [viewer, "nobody"]}
    answer = local_stream.as_user(host, "POST", "/video/moderation/mute", body).json()
    assert [mute["target"]["id"] for mute in answer["mutes"]] == [viewer]
    assert answer["non_existing_users"] == ["nobody"]


@pytest.fixture
def own_stream() -> Iterator[LocalStream]:
    """A local Stream of the test's own: nobody else's events go to its webhooks."""
    with running() as base_url, httpx.Client(base_url=base_url, timeout=PATIENCE) as http:
        yield LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)


# Both places where the vendor keeps an address.
@pytest.mark.parametrize("hooked", ["event_hooks", "webhook_url"])
def test_webhooks_go_where_the_app_says(own_stream: LocalStream, hooked: str) -> None:
    with receiving() as receiver:
        hook = {"hook_type": "webhook", "webhook_url": receiver.url, "event_types": ["call.created"]}
        update(own_stream, **{hooked: [hook] if hooked == "event_hooks" else receiver.url})
        call_id = own_stream.new_call(own_stream.new_user())
        eventually(lambda: receiver.received)
    first = json.loads(receiver.received[0].body)
    assert (first["type"], first["call_cid"]) == ("call.created", f"livestream:{call_id}")


def test_compression_is_a_setting_that_is_not_shown(local_stream: LocalStream) -> None:
    update(local_stream, enable_hook_payload_compression=False)
    assert "enable_hook_payload_compression" not in app(local_stream)
    assert "not_imitated" not in local_stream.journal(operation="UpdateApp")[-1]["detail"]
