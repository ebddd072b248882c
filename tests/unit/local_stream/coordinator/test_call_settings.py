"""Overrides of settings: deep, typed, and without a trace in the defaults."""

from copy import deepcopy
from typing import Any

import pytest

from harness.local_stream.coordinator.call_settings import (
    AUDIO_ROOM,
    DEFAULT,
    DEVELOPMENT,
    LIVESTREAM,
    overridden,
)
from harness.local_stream.coordinator.errors import ApiError
from harness.local_stream.coordinator.setting_rules import SETTINGS, check_settings


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
    assert overridden(LIVESTREAM, {"nothing": 1, "backstage": {"nothing": 1}}) == LIVESTREAM


@pytest.mark.parametrize(
    ("override", "place"),
    [
        ({"backstage": {"enabled": "yes"}}, "settings_override.backstage.enabled"),
        (
            {"backstage": {"join_ahead_time_seconds": 10**12}},
            "settings_override.backstage.join_ahead_time_seconds",
        ),
        (
            {"backstage": {"join_ahead_time_seconds": True}},
            "settings_override.backstage.join_ahead_time_seconds",
        ),
        ({"limits": {"max_participants": "many"}}, "settings_override.limits.max_participants"),
        ({"geofencing": {"names": "here"}}, "settings_override.geofencing.names"),
        ({"audio": 5}, "settings_override.audio"),
        (
            {"limits": {"max_participants_exclude_roles": [5]}},
            "settings_override.limits.max_participants_exclude_roles[0]",
        ),
    ],
)
def test_wrong_types_are_refused_by_name(override: dict[str, Any], place: str) -> None:
    with pytest.raises(ApiError) as refused:
        overridden(LIVESTREAM, override)
    assert refused.value.exception_fields is not None
    assert list(refused.value.exception_fields) == [place]


# One sentence for each rule: missing, too small, too large, none of the choices.
@pytest.mark.parametrize(
    ("section", "given", "field", "sentence"),
    [
        ("audio", {"mic_default_on": True}, "default_device", "is a required field"),
        ("audio", {"default_device": "ear"}, "default_device", "must be one of [speaker earpiece]"),
        ("recording", {"mode": "on"}, "mode", "must be one of [available disabled auto-on]"),
        ("geofencing", {"names": ["canada", "mars"]}, "names[1]", "must be one of [european_union "),
        ("session", {"inactivity_timeout_seconds": 4}, "inactivity_timeout_seconds", "must be 5 or greater"),
        ("session", {"inactivity_timeout_seconds": 901}, "inactivity_timeout_seconds", "must be 900 or less"),
        ("video", {"target_resolution": {"width": 640}}, "target_resolution.height", "is a required field"),
        (
            "video",
            {"target_resolution": {"width": 100, "height": 480}},
            "target_resolution.width",
            "must be 240 or greater",
        ),
        (
            "ring",
            {"incoming_call_timeout_ms": 180_001, "auto_cancel_timeout_ms": 5_000},
            "incoming_call_timeout_ms",
            "must be 180,000 or less",
        ),
        (
            "ring",
            {"incoming_call_timeout_ms": 5_000, "auto_cancel_timeout_ms": 4_999},
            "auto_cancel_timeout_ms",
            "must be 5,000 or greater",
        ),
    ],
)
def test_each_rule_has_its_sentence(section: str, given: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(ApiError) as refused:
        overridden(DEFAULT, {section: given}, "data.settings_override")
    place = f"data.settings_override.{section}.{field}"
    assert refused.value.exception_fields is not None
    assert refused.value.exception_fields[place].startswith(f"{place} {sentence}")


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ApiError) as refused:
        overridden(DEFAULT, {"ring": {}, "session": {"inactivity_timeout_seconds": 10}})
    assert refused.value.detail == (
        "settings_override.ring.incoming_call_timeout_ms is a required field, "
        "settings_override.ring.auto_cancel_timeout_ms is a required field"
    )


def test_the_limits_of_a_range_are_in_it() -> None:
    for seconds in (5, 900):
        after = overridden(DEFAULT, {"session": {"inactivity_timeout_seconds": seconds}})
        assert after["session"]["inactivity_timeout_seconds"] == seconds


def test_recording_pictures_needs_their_size() -> None:
    for enough in ({"quality": "1080p"}, {"quality": "", "audio_only": True}, {}):
        override = {"recording": {"mode": "auto-on", **enough}}
        assert overridden(DEFAULT, override)["recording"] == {**DEFAULT["recording"], **override["recording"]}
    none = overridden(DEFAULT, {"recording": {"mode": "disabled", "quality": ""}})
    quality: dict[str, object] = {"mode": "available", "quality": ""}
    for settings, recording in ((DEFAULT, quality), (none, {"mode": "available"})):
        with pytest.raises(ApiError, match="recording quality is required when audio_only is false"):
            overridden(settings, {"recording": recording})


def test_optional_parts_come_when_they_are_set() -> None:
    layout = {"name": "spotlight", "options": {"logo.horizontal_position": "center"}}
    after = overridden(DEFAULT, {"recording": {"mode": "disabled", "layout": layout}})
    assert after["recording"]["layout"]["options"] == {"logo.horizontal_position": "center"}
    assert after["recording"]["layout"]["external_css_url"] == ""


@pytest.mark.parametrize("settings", [DEFAULT, LIVESTREAM, AUDIO_ROOM, DEVELOPMENT])
def test_built_in_settings_have_every_section_and_keep_the_rules(settings: dict[str, Any]) -> None:
    assert settings.keys() == SETTINGS.fields.keys()
    # Ringing that is off is 0, which nobody may ask for.
    check_settings(
        {**settings, "ring": {"incoming_call_timeout_ms": 5_000, "auto_cancel_timeout_ms": 5_000}}, ""
    )
