"""Overrides of settings: deep, typed, and without a trace in the defaults."""

from copy import deepcopy
from typing import Any

import pytest

from harness.local_stream.coordinator.call_settings import LIVESTREAM, overridden
from harness.local_stream.coordinator.errors import ApiError


def test_only_what_is_named_changes() -> None:
    before = deepcopy(LIVESTREAM)
    after = overridden(LIVESTREAM, {"video": {"target_resolution": {"width": 640, "height": 480}}})
    assert after["video"]["target_resolution"] == {"width": 640, "height": 480, "bitrate": 3_000_000}
    assert {**after, "video": None} == {**before, "video": None}
    assert before == LIVESTREAM


def test_what_is_null_by_default_can_be_set_and_unset() -> None:
    limited = overridden(LIVESTREAM, {"limits": {"max_participants": 5}})
    assert limited["limits"]["max_participants"] == 5
    assert overridden(limited, {"limits": {"max_participants": None}})["limits"]["max_participants"] is None


def test_null_leaves_the_others_as_they_are() -> None:
    assert overridden(LIVESTREAM, {"audio": None, "backstage": {"enabled": None}}) == LIVESTREAM


def test_unknown_fields_are_left_out() -> None:
    assert overridden(LIVESTREAM, {"nothing": 1, "audio": {"nothing": 1}}) == LIVESTREAM


@pytest.mark.parametrize(
    ("override", "place"),
    [
        ({"backstage": {"enabled": "yes"}}, "settings_override.backstage.enabled"),
        (
            {"backstage": {"join_ahead_time_seconds": True}},
            "settings_override.backstage.join_ahead_time_seconds",
        ),
        ({"limits": {"max_participants": "many"}}, "settings_override.limits.max_participants"),
        ({"geofencing": {"names": "here"}}, "settings_override.geofencing.names"),
        ({"audio": 5}, "settings_override.audio"),
    ],
)
def test_wrong_types_are_refused_by_name(override: dict[str, Any], place: str) -> None:
    with pytest.raises(ApiError) as refused:
        overridden(LIVESTREAM, override)
    assert refused.value.exception_fields is not None
    assert list(refused.value.exception_fields) == [place]
