"""Settings of calls: the defaults of each built-in call type, and overrides laid over them.

Shape: CallSettingsResponse, a tree of sections and fields. Source of the defaults: the vendor's table of call
types; where it has none (resolution of audio rooms, what is newer than it), they are inferred.
"""

from __future__ import annotations

from typing import Any

from harness.local_stream.coordinator.setting_rules import SETTINGS, check_settings, check_whole
from harness.local_stream.coordinator.values import Json

Settings = dict[str, Any]

_LAYOUT = {"name": "spotlight", "external_app_url": "", "external_css_url": ""}
_ON_DEMAND = "available"
_OFF = "disabled"
_NO_RINGING = {"incoming_call_timeout_ms": 0, "auto_cancel_timeout_ms": 0, "missed_call_timeout_ms": 0}
_FULL_HD = {"width": 1920, "height": 1080, "bitrate": 3_000_000}

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
    "ring": _NO_RINGING,
    "screensharing": {"enabled": True, "access_request_enabled": False, "target_resolution": None},
    "session": {"inactivity_timeout_seconds": 30},
    "thumbnails": {"enabled": False},
    "transcription": {"mode": _ON_DEMAND, "closed_caption_mode": _ON_DEMAND, "language": "auto"},
    "video": {
        "enabled": True,
        "access_request_enabled": False,
        "camera_default_on": True,
        "camera_facing": "front",
        "target_resolution": _FULL_HD,
    },
}

_RINGING = {"incoming_call_timeout_ms": 15_000, "auto_cancel_timeout_ms": 15_000, "missed_call_timeout_ms": 0}


def _varied(settings: Settings, **sections: Settings) -> Settings:
    return {**settings, **{name: {**settings[name], **changes} for name, changes in sections.items()}}


DEVELOPMENT = _varied(
    LIVESTREAM,
    audio={"access_request_enabled": True, "mic_default_on": True, "default_device": "earpiece"},
    backstage={"enabled": False},
    ring=_RINGING,
    screensharing={"access_request_enabled": True},
    video={"access_request_enabled": True},
)
DEFAULT = _varied(
    DEVELOPMENT, video={"target_resolution": {"width": 2560, "height": 1440, "bitrate": 5_000_000}}
)
AUDIO_ROOM = _varied(
    LIVESTREAM,
    audio={"access_request_enabled": True},
    screensharing={"enabled": False},
    video={"enabled": False, "camera_default_on": False},
)


def overridden(settings: Settings, override: Json, path: str = "settings_override") -> Settings:
    """A copy of `settings` with `override` laid over it; raises the vendor's input error.

    `path` is how errors name the override.
    """
    check_settings(override, path)
    changed = SETTINGS.laid_over(settings, override)
    check_whole(changed)
    return changed
