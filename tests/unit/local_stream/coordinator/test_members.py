"""Members: added, changed and removed, and who hears of it."""

from typing import Any

import pytest
from getstream import models

from tests.unit.local_stream.browser_door import connected
from tests.unit.local_stream.server import LocalStream
from tests.unit.local_stream.shapes import Times, faults


@pytest.mark.parametrize(("base", "times"), [("/api/v2/video", "nanoseconds"), ("/video", "iso")])
def test_the_answer_has_who_was_named_in_that_order(
    local_stream: LocalStream, call_id: str, base: str, times: Times
) -> None:
    first, second = local_stream.new_user(), local_stream.new_user()
    path = f"{base}/call/livestream/{call_id}/members"
    local_stream.as_server("POST", path, {"update_members": [{"user_id": first, "role": "admin"}]})
    given = [{"user_id": second, "custom": {"seat": 2}}, {"user_id": first, "role": "user"}]
    answer = local_stream.as_server("POST", path, {"update_members": given})
    assert answer.status_code == 201
    assert faults(answer.json(), models.UpdateCallMembersResponse, times) == []
    assert [(each["user_id"], each.get("role"), each["custom"]) for each in answer.json()["members"]] == [
        (second, None, {"seat": 2}),
        (first, "user", {}),
    ]


def test_the_members_show_the_newest_first(local_stream: LocalStream, host: str) -> None:
    people = sorted(local_stream.new_user() for _ in range(2))
    given = [{"user_id": user_id} for user_id in reversed(people)]
    call_id = local_stream.new_call(host, members=given)
    path = f"/video/call/livestream/{call_id}"
    assert _members(local_stream.as_server("GET", path).json()) == people
    later = local_stream.new_user()
    local_stream.as_server("POST", f"{path}/members", {"update_members": [{"user_id": later}]})
    assert _members(local_stream.as_server("GET", path).json()) == [later, *people]


def test_each_change_makes_its_event(local_stream: LocalStream, host: str, call_id: str) -> None:
    old, new = local_stream.new_user(), local_stream.new_user()
    path = f"/video/call/livestream/{call_id}/members"
    local_stream.as_server("POST", path, {"update_members": [{"user_id": old}]})
    with connected(local_stream, host) as owner:
        owner.asks("GET", f"/call/livestream/{call_id}")
        changes = [{"user_id": new}, {"user_id": old, "role": "host"}]
        local_stream.as_server("POST", path, {"update_members": changes, "remove_members": [new]})
        heard = owner.heard_before_echo()
    expected: list[tuple[str, Any, list[str]]] = [
        ("call.member_added", models.CallMemberAddedEvent, [new]),
        ("call.member_updated", models.CallMemberUpdatedEvent, [old]),
        ("call.member_updated_permission", models.CallMemberUpdatedPermissionEvent, [old]),
        ("call.member_removed", models.CallMemberRemovedEvent, [new]),
    ]
    assert [event["type"] for event in heard] == [kind for kind, *_ in expected]
    for event, (kind, model, members) in zip(heard, expected, strict=True):
        assert faults(event, model, "iso") == []
        named = event["members"] if kind == "call.member_removed" else _members(event)
        assert named == members


def test_who_is_removed_hears_that_and_no_more(local_stream: LocalStream, viewer: str, call_id: str) -> None:
    path = f"/video/call/livestream/{call_id}"
    with connected(local_stream, viewer) as removed:
        local_stream.as_server("POST", f"{path}/members", {"update_members": [{"user_id": viewer}]})
        local_stream.as_server("POST", f"{path}/members", {"remove_members": [viewer]})
        local_stream.as_server("POST", f"{path}/members", {"remove_members": [viewer]})
        local_stream.as_server("POST", f"{path}/go_live", {})
        heard = [event["type"] for event in removed.heard_before_echo()]
    assert heard == ["call.member_added", "call.member_removed"]


def test_who_does_not_exist_is_refused_and_nothing_changes(
    local_stream: LocalStream, viewer: str, call_id: str
) -> None:
    path = f"/video/call/livestream/{call_id}"
    changes = [{"user_id": viewer}, {"user_id": "nobody-a"}, {"user_id": "nobody-b"}]
    answer = local_stream.as_server("POST", f"{path}/members", {"update_members": changes})
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert answer.json()["message"] == (
        'UpdateCallMembers failed with error: "the provided users [nobody-a nobody-b] don\'t exist"'
    )
    assert local_stream.as_server("GET", path).json()["members"] == []
    unknown = local_stream.as_server("POST", f"{path}/members", {"remove_members": ["nobody-a"]})
    assert (unknown.status_code, unknown.json()["code"]) == (400, 4)


@pytest.mark.parametrize("wrong", [{"custom": "no"}, {"role": 7}, {"user_id": None}])
def test_a_change_that_is_refused_changes_nobody(
    local_stream: LocalStream, host: str, viewer: str, call_id: str, wrong: dict[str, object]
) -> None:
    path = f"/video/call/livestream/{call_id}"
    changes: list[dict[str, object]] = [{"user_id": viewer}, {"user_id": host, **wrong}]
    answer = local_stream.as_server("POST", f"{path}/members", {"update_members": changes})
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert local_stream.as_server("GET", path).json()["members"] == []


@pytest.mark.parametrize("field", ["update_members", "remove_members"])
def test_more_than_a_hundred_are_refused(local_stream: LocalStream, call_id: str, field: str) -> None:
    many: list[object] = [f"user-{number}" for number in range(101)]
    given = [{"user_id": each} for each in many] if field == "update_members" else many
    answer = local_stream.as_server("POST", f"/video/call/livestream/{call_id}/members", {field: given})
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
    assert f"{field} must contain at maximum 100 items" in answer.json()["message"]


@pytest.mark.parametrize(
    ("change", "action"),
    [
        ({"update_members": [{"user_id": "x"}]}, "UpdateCallMember"),
        ({"remove_members": ["x"]}, "RemoveCallMember"),
    ],
)
def test_a_viewer_may_not(
    local_stream: LocalStream, viewer: str, call_id: str, change: dict[str, object], action: str
) -> None:
    answer = local_stream.as_user(viewer, "POST", f"/video/call/livestream/{call_id}/members", change)
    assert (answer.status_code, answer.json()["code"]) == (403, 17)
    assert f"perform action {action} in scope" in answer.json()["message"]


def _members(body: dict[str, Any]) -> list[str]:
    return [each["user_id"] for each in body["members"]]


def test_an_owner_changes_members_and_their_roles_and_a_member_neither(
    local_stream: LocalStream, host: str, viewer: str, call_id: str
) -> None:
    path = f"/video/call/livestream/{call_id}/members"
    for role in ("host", "user"):
        change = {"update_members": [{"user_id": viewer, "role": role}]}
        assert local_stream.as_user(host, "POST", path, change).is_success
    change = {"update_members": [{"user_id": viewer, "role": "host"}]}
    assert local_stream.as_user(viewer, "POST", path, change).status_code == 403
