"""Users that come and go: changed in part, deactivated, deleted, restored; guests; lists of the blocked."""

import json
import uuid
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from getstream import models
from websockets.exceptions import ConnectionClosed

from tests.unit.local_stream.browser_door import connected, introduction, opened
from tests.unit.local_stream.participant import joined
from tests.unit.local_stream.server import PATIENCE, LocalStream, token
from tests.unit.local_stream.shapes import Times, faults

DOORS: list[tuple[str, Times]] = [("/api/v2", "nanoseconds"), ("/video", "iso")]


def found(local_stream: LocalStream, user_id: str, **payload: object) -> list[dict[str, Any]]:
    query = json.dumps({"filter_conditions": {"id": user_id}, **payload})
    return list(local_stream.as_server("GET", "/api/v2/users", payload=query).json()["users"])


def partial(local_stream: LocalStream, user_id: str, **change: object) -> httpx.Response:
    return local_stream.as_server("PATCH", "/api/v2/users", {"users": [{"id": user_id, **change}]})


def post(local_stream: LocalStream, path: str, **body: object) -> httpx.Response:
    return local_stream.as_server("POST", f"/api/v2/users/{path}", body)


def status_of(local_stream: LocalStream, user_id: str) -> int:
    return local_stream.as_user(user_id, "POST", "/video/calls", {}).status_code


@pytest.mark.parametrize(("base", "times"), DOORS)
def test_answers_have_the_vendors_shapes(
    local_stream: LocalStream, host: str, viewer: str, base: str, times: Times
) -> None:
    both = {"user_ids": [host, viewer]}
    block = {"user_id": host, "blocked_user_id": viewer}
    device = {"id": f"device-{uuid.uuid4()}", "push_provider": "apn", "user_id": host}
    answers: list[tuple[str, str, object, Any]] = [
        ("PATCH", "/users", {"users": [{"id": host, "set": {"a": 1}}]}, models.UpdateUsersResponse),
        ("POST", "/users/block", block, models.BlockUsersResponse),
        ("GET", f"/users/block?user_id={host}", None, models.GetBlockedUsersResponse),
        ("POST", "/users/unblock", block, models.UnblockUsersResponse),
        ("POST", "/devices", {**device, "voip_token": True, "hardware_id": "h"}, models.Response),
        ("GET", f"/devices?user_id={host}", None, models.ListDevicesResponse),
        ("PATCH", "/users", {"users": [{"id": host, "set": {"a": 2}}]}, models.UpdateUsersResponse),
        ("POST", "/check_push", {"user_id": host}, models.CheckPushResponse),
        ("DELETE", f"/devices?user_id={host}&id={device['id']}", None, models.Response),
        ("GET", "/push_providers", None, models.ListPushProvidersResponse),
        ("POST", f"/users/{host}/deactivate", {}, models.DeactivateUserResponse),
        ("POST", f"/users/{host}/reactivate", {}, models.ReactivateUserResponse),
        ("POST", "/users/deactivate", both, models.DeactivateUsersResponse),
        ("POST", "/users/reactivate", both, models.ReactivateUsersResponse),
        ("POST", "/users/delete", both, models.DeleteUsersResponse),
        ("POST", "/users/restore", both, models.Response),
        ("POST", "/guest", {"user": {"id": "someone"}}, models.CreateGuestResponse),
    ]
    for method, path, body, model in answers:
        bare, _, query = path.partition("?")
        answer = local_stream.as_server(method, base + bare, body, **dict(parse_qsl(query)))
        assert answer.status_code == (201 if method == "POST" else 200), (path, answer.text)
        assert faults(answer.json(), model, times) == []


def test_users_are_exported(local_stream: LocalStream, host: str) -> None:
    answer = local_stream.as_server("GET", f"/api/v2/users/{host}/export")
    assert faults(answer.json(), models.ExportUserResponse, "nanoseconds") == []
    assert answer.json()["user"]["id"] == host
    task = local_stream.as_server("POST", "/api/v2/export/users", {"user_ids": [host]})
    assert faults(task.json(), models.ExportUsersResponse, "nanoseconds") == []
    asked = local_stream.as_server("GET", f"/api/v2/tasks/{task.json()['task_id']}")
    assert asked.json()["status"] == "completed"


def test_a_task_tells_what_became_of_each(local_stream: LocalStream, host: str, viewer: str) -> None:
    task_id = post(local_stream, "deactivate", user_ids=[host, viewer]).json()["task_id"]
    for base, times in DOORS:
        task = local_stream.as_server("GET", f"{base}/tasks/{task_id}")
        assert faults(task.json(), models.GetTaskResponse, times) == []
        assert task.json()["status"] == "completed"
        assert task.json()["result"] == {host: {"status": "ok"}, viewer: {"status": "ok"}}


def test_single_fields_are_set_and_unset(local_stream: LocalStream, host: str) -> None:
    custom = {"colour": "red", "size": {"x": 1}}
    partial(local_stream, host, set={"name": "Host", "image": "https://example.com", "custom": custom})
    change = {"set": {"role": "admin", "shoe": 42, "custom": {"colour": "blue"}}, "unset": ["name", "size"]}
    user = partial(local_stream, host, **change).json()["users"][host]
    assert (user["role"], user["image"], user["custom"]) == (
        "admin",
        "https://example.com",
        {"colour": "blue", "shoe": 42},
    )
    assert "name" not in user


def test_custom_data_has_a_limit_and_is_refused_whole(local_stream: LocalStream, host: str) -> None:
    assert partial(local_stream, host, set={"first": "x" * 4_000}).status_code == 200
    for refused in (
        partial(local_stream, host, set={"second": "x" * 2_000}),
        local_stream.as_server(
            "POST", "/api/v2/users", {"users": {host: {"id": host, "custom": {"much": "x" * 6_000}}}}
        ),
    ):
        assert (refused.status_code, refused.json()["code"]) == (400, 4)
        assert "custom must be 5120 bytes of JSON at most" in refused.json()["message"]
    [kept] = found(local_stream, host)
    assert list(kept["custom"]) == ["first"]


def test_a_user_changes_itself_in_part_but_no_role(local_stream: LocalStream, host: str, viewer: str) -> None:
    def change(user_id: str, **fields: object) -> int:
        body = {"users": [{"id": user_id, "set": fields}]}
        return local_stream.as_user(viewer, "PATCH", "/video/users", body).status_code

    assert change(viewer, name="Viewer") == 200
    assert change(viewer, role="admin") == 403
    assert change(host, name="Viewer") == 403


def test_who_is_concerned_hears_of_a_change(local_stream: LocalStream, host: str, viewer: str) -> None:
    stranger = local_stream.new_user()
    local_stream.new_call(host, members=[{"user_id": host}, {"user_id": viewer}])
    with (
        connected(local_stream, host) as own,
        connected(local_stream, viewer) as other,
        connected(local_stream, stranger) as nobody,
    ):
        partial(local_stream, host, set={"name": "Host again"})
        for person in (own, other):
            event = person.hears("user.updated")
            assert faults(event, models.UserUpdatedEvent, "iso") == []
            assert event["user"]["name"] == "Host again"
        assert nobody.heard_before_echo() == []


def test_a_deactivated_user_is_out_until_it_is_reactivated(local_stream: LocalStream, host: str) -> None:
    with connected(local_stream, host) as person:
        assert post(local_stream, f"{host}/deactivate").json()["user"]["deactivated_at"] > 0
        with pytest.raises(ConnectionClosed) as closed:
            person.hears_next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1000
    refused = local_stream.as_user(host, "POST", "/video/calls", {})
    assert (refused.status_code, refused.json()["code"]) == (403, 17)
    with opened(local_stream) as socket:
        socket.send(introduction(host, token({"user_id": host})))
        assert json.loads(socket.recv(timeout=PATIENCE))["error"]["StatusCode"] == 403
    assert found(local_stream, host) == []
    assert [user["id"] for user in found(local_stream, host, include_deactivated_users=True)] == [host]
    back = post(local_stream, f"{host}/reactivate", name="Back").json()["user"]
    assert (back["name"], back.get("deactivated_at")) == ("Back", None)
    assert status_of(local_stream, host) == 201


@pytest.mark.parametrize("way", ["deactivate", "soft", "hard"])
def test_who_is_taken_away_is_sent_away_from_its_calls(
    local_stream: LocalStream, host: str, call_id: str, way: str
) -> None:
    with joined(local_stream, host, call_id) as participant:
        taken = post(
            local_stream, "deactivate" if way == "deactivate" else "delete", user_ids=[host], user=way
        )
        assert taken.status_code == 201
        participant.hears("call_ended")
        participant.asks_to_join()
        refusal: Any = participant.hears("error")
    assert "removed from the call" in refusal.error.message


def test_who_was_deleted_for_good_comes_back_only_when_a_server_says_so(local_stream: LocalStream) -> None:
    user_id = local_stream.new_user()
    assert post(local_stream, "delete", user_ids=[user_id], user="hard").status_code == 201
    with opened(local_stream) as socket:
        socket.send(introduction(user_id, token({"user_id": user_id})))
        assert json.loads(socket.recv(timeout=PATIENCE))["error"]["StatusCode"] == 403
    refused = local_stream.as_user(user_id, "POST", "/video/calls", {})
    assert (refused.status_code, refused.json()["code"]) == (403, 17)
    local_stream.as_server("POST", "/api/v2/users", {"users": {user_id: {"id": user_id}}})
    assert status_of(local_stream, user_id) == 201


def test_what_is_done_already_is_refused(local_stream: LocalStream, host: str) -> None:
    for path, told in [
        (f"{host}/reactivate", "is not deactivated"),
        ("restore", "is not deleted, it can't be restored"),
    ]:
        answer = post(local_stream, path, user_ids=[host])
        assert (answer.status_code, answer.json()["code"]) == (400, 4)
        assert f'user "{host}" {told}' in answer.json()["message"]
    assert post(local_stream, f"{host}/deactivate").status_code == 201
    assert "is already deactivated" in post(local_stream, f"{host}/deactivate").json()["message"]


def test_a_deleted_user_may_be_restored(local_stream: LocalStream, host: str) -> None:
    partial(local_stream, host, set={"name": "Host"})
    assert post(local_stream, "delete", user_ids=[host]).status_code == 201
    assert found(local_stream, host, include_deactivated_users=True) == []
    assert status_of(local_stream, host) == 403
    assert post(local_stream, "restore", user_ids=[host]).status_code == 201
    assert [user["name"] for user in found(local_stream, host)] == ["Host"]
    assert status_of(local_stream, host) == 201


def test_pruning_keeps_the_id_alone_and_hard_nothing(
    local_stream: LocalStream, host: str, viewer: str
) -> None:
    for user_id in (host, viewer):
        partial(local_stream, user_id, set={"name": "Somebody", "colour": "red"})
    post(local_stream, "delete", user_ids=[host], user="pruning")
    post(local_stream, "delete", user_ids=[viewer], user="hard")
    assert post(local_stream, "restore", user_ids=[host]).status_code == 201
    (pruned,) = found(local_stream, host)
    assert (pruned.get("name"), pruned["custom"]) == (None, {})
    gone = post(local_stream, "restore", user_ids=[viewer])
    assert f"the provided users [{viewer}] don't exist" in gone.json()["message"]


def test_a_list_of_blocked_users_is_ones_own(local_stream: LocalStream, host: str, viewer: str) -> None:
    def blocked(user_id: str) -> list[str]:
        answer = local_stream.as_user(user_id, "GET", "/video/users/block")
        return [block["blocked_user_id"] for block in answer.json()["blocks"]]

    local_stream.as_user(host, "POST", "/video/users/block", {"blocked_user_id": viewer})
    assert (blocked(host), blocked(viewer)) == ([viewer], [])
    assert [user["blocked_user_ids"] for user in found(local_stream, host)] == [[viewer]]
    local_stream.as_user(host, "POST", "/video/users/unblock", {"blocked_user_id": viewer})
    assert blocked(host) == []
    self_blocked = local_stream.as_user(host, "POST", "/video/users/block", {"blocked_user_id": host})
    assert self_blocked.status_code == 400


def test_guests_need_no_token_and_get_one(local_stream: LocalStream, host: str) -> None:
    given = {"user": {"id": host, "name": "Guest", "role": "admin", "custom": {"colour": "red"}}}
    made = local_stream.ask("POST", "/video/guest", given).json()
    assert made["user"]["id"] != host
    assert made["user"]["id"].endswith(host)
    assert (made["user"]["role"], made["user"]["custom"]) == ("guest", {"colour": "red"})
    answer = local_stream.ask("POST", "/video/calls", {}, made["access_token"])
    assert answer.status_code == 201
    with opened(local_stream) as socket:
        socket.send(introduction(made["user"]["id"], made["access_token"]))
        assert json.loads(socket.recv(timeout=PATIENCE))["me"]["role"] == "guest"


def test_guests_can_be_switched_off(local_stream: LocalStream) -> None:
    try:
        local_stream.as_server("PATCH", "/api/v2/app", {"guest_user_creation_disabled": True})
        refused = local_stream.ask("POST", "/video/guest", {"user": {"id": "guest"}})
        assert (refused.status_code, refused.json()["code"]) == (403, 17)
    finally:
        local_stream.as_server("PATCH", "/api/v2/app", {"guest_user_creation_disabled": False})


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/users/delete", {}, "user_ids is a required field"),
        ("/users/delete", {"user_ids": ["x"] * 101}, "user_ids must contain at maximum 100 items"),
        ("/users/delete", {"user_ids": ["nobody"]}, "the provided users [nobody] don't exist"),
        ("/users/delete", {"user_ids": ["HOST"], "user": "hot"}, "user must be one of [soft pruning hard]"),
        ("/users/block", {"user_id": "HOST"}, "blocked_user_id is a required field"),
        ("/users/block", {"blocked_user_id": "HOST"}, "user_id is a required field"),
        ("/guest", {}, "user is a required field"),
        ("/guest", {"user": {}}, "id is a required field"),
        ("/devices", {"user_id": "HOST", "push_provider": "apn"}, "id is a required field"),
        ("/devices", {"user_id": "HOST", "id": "x", "push_provider": "post"}, "must be one of [firebase apn"),
        ("/push_providers", {"push_provider": {"type": "xiaomi"}}, "xiaomi credentials are invalid"),
        ("/check_push", {}, "user_id is a required field"),
        ("/check_push", {"user_id": "HOST", "event_type": "call.ring"}, "event_type must be one of"),
    ],
)
def test_what_cannot_be_asked(
    local_stream: LocalStream, host: str, path: str, body: dict[str, object], told: str
) -> None:
    text = json.dumps(body).replace("HOST", host)
    answer = local_stream.as_server("POST", f"/api/v2{path}", json.loads(text))
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert told in answer.json()["message"]


def test_a_device_has_one_user_the_last(local_stream: LocalStream, host: str, viewer: str) -> None:
    def devices(user_id: str) -> list[str]:
        answer = local_stream.as_user(user_id, "GET", "/video/devices")
        return [device["id"] for device in answer.json()["devices"]]

    device = {"id": f"device-{uuid.uuid4()}", "push_provider": "firebase", "push_provider_name": "mine"}
    for user_id in (host, viewer):
        assert local_stream.as_user(user_id, "POST", "/video/devices", device).status_code == 201
    assert (devices(host), devices(viewer)) == ([], [device["id"]])
    unknown = local_stream.as_user(host, "DELETE", "/video/devices", id=device["id"])
    assert (unknown.status_code, unknown.json()["code"]) == (404, 16)
    assert local_stream.as_user(viewer, "DELETE", "/video/devices", id=device["id"]).status_code == 200
    assert devices(viewer) == []


def test_a_checked_push_tells_why_it_would_not_arrive(local_stream: LocalStream, host: str) -> None:
    def errors(**given: object) -> list[str]:
        body = {"user": {"id": host}, **given}
        return list(local_stream.as_server("POST", "/api/v2/check_push", body).json()["general_errors"])

    no_provider, no_device = "no push provider is configured", f"user {host} has no devices"
    assert errors() == [no_provider, no_device]
    assert errors(skip_devices=True) == [no_provider]
    device = {"id": f"device-{uuid.uuid4()}", "push_provider": "apn"}
    local_stream.as_user(host, "POST", "/video/devices", device)
    assert errors() == [no_provider]
