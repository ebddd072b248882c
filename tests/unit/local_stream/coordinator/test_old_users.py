"""Users at the root paths, as old server SDKs write and read them."""

import json
import uuid

import pytest

from tests.unit.local_stream.server import LocalStream


def test_custom_fields_lie_beside_the_others(local_stream: LocalStream) -> None:
    user_id = f"user-{uuid.uuid4()}"
    given = {"id": user_id, "name": "Host", "colour": "red", "custom": {"size": 1}}
    made = local_stream.as_server("POST", "/users", {"users": {user_id: given}}).json()["users"][user_id]
    assert (made["name"], made["colour"], made["size"]) == ("Host", "red", 1)
    assert "custom" not in made
    query = json.dumps({"filter_conditions": {"id": user_id}})
    (old,) = local_stream.as_server("GET", "/users", payload=query).json()["users"]
    (new,) = local_stream.as_server("GET", "/api/v2/users", payload=query).json()["users"]
    assert (old["colour"], new["custom"]) == ("red", {"colour": "red", "size": 1})
    assert "colour" not in new


def test_a_custom_field_hides_nothing_of_the_users_own(local_stream: LocalStream) -> None:
    user_id = f"user-{uuid.uuid4()}"
    users = {user_id: {"id": user_id, "custom": {"role": "admin", "id": "another"}}}
    shown = local_stream.as_server("POST", "/users", {"users": users}).json()["users"][user_id]
    assert (shown["id"], shown["role"]) == (user_id, "user")


def test_elsewhere_unknown_fields_are_no_custom_ones(local_stream: LocalStream) -> None:
    user_id = f"user-{uuid.uuid4()}"
    users = {user_id: {"id": user_id, "colour": "red"}}
    shown = local_stream.as_server("POST", "/api/v2/users", {"users": users}).json()["users"][user_id]
    assert shown["custom"] == {}


def test_what_is_no_user_is_refused_as_elsewhere(local_stream: LocalStream) -> None:
    answers = [
        local_stream.as_server("POST", "/users", body) for body in ({"users": {"a": 1}}, {"users": [1]}, {})
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400]


def test_one_mute_is_told_as_mute_and_one_may_be_lifted_by_target_id(
    local_stream: LocalStream, host: str, viewer: str
) -> None:
    given = {"user_id": host, "target_ids": [viewer]}
    old = local_stream.as_server("POST", "/moderation/mute", given).json()
    assert old["mute"] == old["mutes"][0]
    assert old["mute"]["target"]["id"] == viewer
    assert "mute" not in local_stream.as_server("POST", "/api/v2/moderation/mute", given).json()
    both = {"user_id": host, "target_ids": [viewer, host]}
    assert "mute" not in local_stream.as_server("POST", "/moderation/mute", both).json()
    lifted = {"user_id": host, "target_id": viewer, "target_ids": []}
    assert local_stream.as_server("POST", "/moderation/unmute", lifted).status_code == 201
    assert local_stream.as_server("POST", "/api/v2/moderation/unmute", lifted).status_code == 400


@pytest.mark.parametrize("base", ["", "/video", "/api/v2"])
def test_bans_can_be_asked_for_at_the_older_path(
    local_stream: LocalStream, host: str, viewer: str, base: str
) -> None:
    def banned() -> set[str]:
        bans = local_stream.as_server("GET", f"{base}/query_banned_users", payload="{}").json()["bans"]
        return {ban["user"]["id"] for ban in bans}

    local_stream.as_server("POST", f"{base}/moderation/ban", {"target_user_id": viewer, "user_id": host})
    assert viewer in banned()
    local_stream.as_server("DELETE", f"{base}/moderation/ban", target_user_id=viewer)
    assert viewer not in banned()
