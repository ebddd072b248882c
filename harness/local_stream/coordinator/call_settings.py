"""Settings of calls: the defaults of type `livestream`, and overrides laid over them.

Shape: CallSettingsResponse, a tree of sections and fields. Source of the defaults: the vendor's table of call
types.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from harness.local_stream.coordinator.values import Json, wrong_type

Settings = dict[str, Any]

_LAYOUT = {"name": "spotlight", "external_app_url": "", "external_css_url": ""}
_ON_DEMAND = "available"
_OFF = "disabled"

LIVESTREAM: Settings = {
    "audio": {
        "access_request_enabled": False,
        "opus_dtx_enabled": True,
        "redundant_coding_enabled": True,
        "hifi_audio_enabled": False,
        "mic_default_on": False,
        "speaker_default_on": True,
        "default_device": "speaker",
        "noise_cancellation": {"mode": _ON_DEMAND},
    },
    "backstage": {"enabled": True, "join_ahead_time_seconds": 0},
    "broadcasting": {
        "enabled": True,
        "hls": {"auto_on": False, "enabled": True, "quality_tracks": ["720p"], "layout": _LAYOUT},
        "rtmp": {"enabled": True, "quality": "720p", "layout": _LAYOUT},
    },
    "encryption": {"mode": _OFF},
    "frame_recording": {"mode": _ON_DEMAND, "capture_interval_in_seconds": 2, "quality": "720p"},
    "geofencing": {"names": []},
    "individual_recording": {"mode": _OFF, "output_types": None},
    "ingress": {"enabled": False},
    "limits": {
        "max_duration_seconds": None,
        "max_participants": None,
        "max_participants_exclude_owner": None,
        "max_participants_exclude_roles": [],
    },
    "raw_recording": {"mode": _OFF, "audio_only": None},
    "recording": {"audio_only": False, "mode": _ON_DEMAND, "quality": "720p", "layout": _LAYOUT},
    "ring": {"incoming_call_timeout_ms": 0, "auto_cancel_timeout_ms": 0, "missed_call_timeout_ms": 0},
    "screensharing": {"enabled": True, "access_request_enabled": False, "target_resolution": None},
    "session": {"inactivity_timeout_seconds": 30},
    "thumbnails": {"enabled": False},
    "transcription": {"mode": _ON_DEMAND, "closed_caption_mode": _ON_DEMAND, "language": "auto"},
    "video": {
        "enabled": True,
        "access_request_enabled": False,
        "camera_default_on": True,
        "camera_facing": "front",
        "target_resolution": {"width": 1920, "height": 1080, "bitrate": 3_000_000},
    },
}

# What fields that are null by default hold when they are set.
_NULLABLE: dict[str, tuple[type, str]] = {
    "output_types": (list, "a list"),
    "max_duration_seconds": (int, "a number"),
    "max_participants": (int, "a number"),
    "max_participants_exclude_owner": (bool, "a boolean"),
    "audio_only": (bool, "a boolean"),
    "target_resolution": (dict, "an object"),
}
_KINDS: dict[type, tuple[type, str]] = {
    bool: (bool, "a boolean"),
    int: (int, "a number"),
    str: (str, "a string"),
    list: (list, "a list"),
    dict: (dict, "an object"),
}


def overridden(settings: Settings, override: Json) -> Settings:
    """A copy of `settings` with `override` laid over it; raises the input error on a field of a wrong type.

    Fields that no setting has are left out, as the vendor does.
    """
    return _overridden(settings, override, "settings_override")


def _overridden(settings: Settings, override: Json, path: str) -> Settings:
    merged = deepcopy(settings)
    for name in settings.keys() & override.keys():
        current, wanted, place = settings[name], override[name], f"{path}.{name}"
        _check(name, current, wanted, place)
        if isinstance(current, dict) and isinstance(wanted, dict):
            merged[name] = _overridden(current, wanted, place)
        elif wanted is not None or name in _NULLABLE:
            merged[name] = wanted
    return merged


def _check(name: str, current: object, wanted: object, place: str) -> None:
    if wanted is None:
        return
    kind, expected = _NULLABLE.get(name) or _KINDS[type(current)]
    if not isinstance(wanted, kind) or (isinstance(wanted, bool) and kind is not bool):
        raise wrong_type(place, expected, wanted)
