"""Changes of a user in part: names with dots look inside, all others are whole fields."""

from datetime import UTC, datetime

import pytest

from harness.local_stream.coordinator.errors import ApiError
from harness.local_stream.coordinator.partial_user import path_of, unset, with_set
from harness.local_stream.coordinator.users import User
from tests.unit.local_stream.server import LocalStream

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def user(**fields: object) -> User:
    made = User("one", NOW, NOW, name="One", custom={"place": {"city": "Bonn", "zip": 1}, "shoe": 42})
    for name, value in fields.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("given", "custom"),
    [
        ({"shoe": 43}, {"place": {"city": "Bonn", "zip": 1}, "shoe": 43}),
        ({"custom.place.city": "Ulm"}, {"place": {"city": "Ulm", "zip": 1}, "shoe": 42}),
        ({"place.city": "Ulm"}, {"place": {"city": "Ulm", "zip": 1}, "shoe": 42}),
        ({"custom.hat.size": 5}, {"place": {"city": "Bonn", "zip": 1}, "shoe": 42, "hat": {"size": 5}}),
        ({"shoe.left": 41}, {"place": {"city": "Bonn", "zip": 1}, "shoe": {"left": 41}}),
        ({"custom": {"hat": 5}}, {"place": {"city": "Bonn", "zip": 1}, "shoe": 42, "hat": 5}),
        ({"place.zip": 2, "place.city": "Ulm", "shoe": 1}, {"place": {"city": "Ulm", "zip": 2}, "shoe": 1}),
    ],
)
def test_custom_fields_are_set_one_by_one(given: dict[str, object], custom: dict[str, object]) -> None:
    before = user()
    assert with_set(before, given) == {"custom": custom}
    assert before == user(), "the user itself is changed by the request alone"


def test_privacy_is_set_one_by_one_and_the_rest_as_a_whole() -> None:
    quiet = user(privacy_settings={"typing_indicators": {"enabled": True}}, teams_role={"red": "admin"})
    given = {"name": "Two", "privacy_settings": {"read_receipts": {"enabled": False}}}
    told = with_set(quiet, {**given, "teams_role": {"blue": "user"}})
    both = {"typing_indicators": {"enabled": True}, "read_receipts": {"enabled": False}}
    assert told == {"name": "Two", "privacy_settings": both, "teams_role": {"blue": "user"}}
    assert with_set(quiet, {"teams_role.blue": "user"}) == {"teams_role": {"red": "admin", "blue": "user"}}


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("custom.place.city", {"place": {"zip": 1}, "shoe": 42}),
        ("place.city", {"place": {"zip": 1}, "shoe": 42}),
        ("place", {"shoe": 42}),
        ("shoe.left", {"place": {"city": "Bonn", "zip": 1}, "shoe": 42}),
        ("nowhere.at.all", {"place": {"city": "Bonn", "zip": 1}, "shoe": 42}),
        ("custom", {}),
    ],
)
def test_what_is_unset_is_gone_and_nothing_else(name: str, left: dict[str, object]) -> None:
    changed = user()
    unset(changed, path_of(name))
    assert changed == user(custom=left)


@pytest.mark.parametrize("name", ["custom.", ".a", "a..b", "", "name.first", "role.x"])
def test_a_name_that_names_nothing_is_refused(name: str) -> None:
    with pytest.raises(ApiError) as refused:
        with_set(user(), {name: 1})
    assert (refused.value.status, refused.value.code) == (400, 4)


def test_a_request_with_one_wrong_name_changes_nothing(local_stream: LocalStream, host: str) -> None:
    wrong = {"users": [{"id": host, "set": {"custom.a.b": 1}, "unset": ["a..b"]}]}
    assert local_stream.as_server("PATCH", "/api/v2/users", wrong).status_code == 400
    right = {"users": [{"id": host, "set": {"custom.c.d": 1}}]}
    answer = local_stream.as_server("PATCH", "/api/v2/users", right)
    assert answer.json()["users"][host]["custom"] == {"c": {"d": 1}}
