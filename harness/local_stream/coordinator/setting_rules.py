"""What call settings may hold. Source: the vendor's models and settings reference.

Ranges that neither tells are left open; those of resolution and bit rate are inferred from refusals.
"""

from __future__ import annotations

from harness.local_stream.coordinator.errors import input_error
from harness.local_stream.coordinator.rules import Rule, Section, check
from harness.local_stream.coordinator.values import Json

_FLAG = Rule(bool)
_TEXT = Rule(str)
# Whole numbers have 32 bits in the vendor's models.
_MOST = 2**31 - 1
_COUNT = Rule(int, least=0, most=_MOST)
_MODE = ("available", "disabled", "auto-on")
_LANDSCAPE = ("360p", "480p", "720p", "1080p", "1440p")
_PORTRAIT = ("360x640", "480x854", "720x1280", "1080x1920", "1440x2560")
_QUALITY = (*_LANDSCAPE, *(f"portrait-{size}" for size in _PORTRAIT))
_LAYOUTS = ("spotlight", "grid", "single-participant", "mobile", "custom")
_FENCES = (
    "european_union",
    "iran_north_korea_syria_exclusion",
    "china_exclusion",
    "russia_exclusion",
    "belarus_exclusion",
    "iran_north_korea_syria_russia_belarus_exclusion",
    "india",
    "united_states",
    "canada",
)
_LANGUAGES = (
    *(
        "auto",
        "en",
        "fr",
        "es",
        "de",
        "it",
        "nl",
        "pt",
        "pl",
        "ca",
        "cs",
        "da",
        "el",
        "fi",
        "id",
        "ja",
        "ru",
        "sv",
    ),
    *(
        "ta",
        "th",
        "tr",
        "hu",
        "ro",
        "zh",
        "ar",
        "tl",
        "he",
        "hi",
        "hr",
        "ko",
        "ms",
        "no",
        "uk",
        "bg",
        "et",
        "sl",
    ),
    "sk",
)
_TRACKS = ("audio_only", "video_only", "audio_video")
_OUTPUTS = (*_TRACKS, *(f"screenshare_{tracks}" for tracks in _TRACKS))
_RING_MS = Rule(int, required=True, least=5_000, most=180_000)
_SIDE = Rule(int, required=True, least=240, most=3_840)
_RESOLUTION = {"width": _SIDE, "height": _SIDE, "bitrate": Rule(int, least=0, most=6_000_000)}
_LAYOUT = Section(
    {
        "name": Rule(str, required=True, one_of=_LAYOUTS),
        "detect_orientation": _FLAG,
        "external_app_url": _TEXT,
        "external_css_url": _TEXT,
        "options": Rule(dict),
    }
)

SETTINGS = Section(
    {
        "audio": Section(
            {
                "access_request_enabled": _FLAG,
                "default_device": Rule(str, required=True, one_of=("speaker", "earpiece")),
                "hifi_audio_enabled": _FLAG,
                "mic_default_on": _FLAG,
                "opus_dtx_enabled": _FLAG,
                "redundant_coding_enabled": _FLAG,
                "speaker_default_on": _FLAG,
                "noise_cancellation": Section({"mode": Rule(str, required=True, one_of=_MODE)}),
            }
        ),
        "backstage": Section({"enabled": _FLAG, "join_ahead_time_seconds": _COUNT}),
        "broadcasting": Section(
            {
                "enabled": _FLAG,
                "hls": Section(
                    {
                        "auto_on": _FLAG,
                        "enabled": _FLAG,
                        "quality_tracks": Rule(list, required=True, one_of=_QUALITY),
                        "layout": _LAYOUT,
                    }
                ),
                "rtmp": Section({"enabled": _FLAG, "quality": Rule(str, one_of=_QUALITY), "layout": _LAYOUT}),
            }
        ),
        "encryption": Section({"mode": Rule(str, one_of=_MODE)}),
        "frame_recording": Section(
            {
                "mode": Rule(str, required=True, one_of=_MODE),
                "capture_interval_in_seconds": Rule(int, required=True, least=2, most=60),
                "quality": Rule(str, one_of=_LANDSCAPE),
            }
        ),
        "geofencing": Section({"names": Rule(list, one_of=_FENCES)}),
        "individual_recording": Section(
            {
                "mode": Rule(str, required=True, one_of=_MODE),
                "output_types": Rule(list, nullable=True, one_of=_OUTPUTS),
            }
        ),
        "ingress": Section({"enabled": _FLAG}),
        "limits": Section(
            {
                "max_duration_seconds": Rule(int, nullable=True, least=0, most=_MOST),
                "max_participants": Rule(int, nullable=True, least=0, most=_MOST),
                "max_participants_exclude_owner": Rule(bool, nullable=True),
                "max_participants_exclude_roles": Rule(list),
            }
        ),
        "raw_recording": Section(
            {"mode": Rule(str, required=True, one_of=_MODE), "audio_only": Rule(bool, nullable=True)}
        ),
        "recording": Section(
            {
                "mode": Rule(str, required=True, one_of=_MODE),
                "audio_only": _FLAG,
                "quality": Rule(str, one_of=_QUALITY),
                "layout": _LAYOUT,
            }
        ),
        "ring": Section(
            {
                "incoming_call_timeout_ms": _RING_MS,
                "auto_cancel_timeout_ms": _RING_MS,
                # The least is not told anywhere; 0 is never.
                "missed_call_timeout_ms": Rule(int, least=0, most=180_000),
            }
        ),
        "screensharing": Section(
            {
                "enabled": _FLAG,
                "access_request_enabled": _FLAG,
                "target_resolution": Section(_RESOLUTION, nullable=True),
            }
        ),
        "session": Section({"inactivity_timeout_seconds": Rule(int, required=True, least=5, most=900)}),
        "thumbnails": Section({"enabled": _FLAG}),
        "transcription": Section(
            {
                "mode": Rule(str, one_of=_MODE),
                "closed_caption_mode": Rule(str, one_of=_MODE),
                "language": Rule(str, one_of=_LANGUAGES),
                "speech_segment_config": Section(
                    {"max_speech_caption_ms": _COUNT, "silence_duration_ms": _COUNT}
                ),
                "translation": Section({"enabled": _FLAG, "languages": Rule(list, one_of=_LANGUAGES)}),
            }
        ),
        "video": Section(
            {
                "enabled": _FLAG,
                "access_request_enabled": _FLAG,
                "camera_default_on": _FLAG,
                "camera_facing": Rule(str, one_of=("front", "back", "external")),
                "target_resolution": Section(_RESOLUTION),
            }
        ),
    }
)


def check_settings(given: Json, path: str) -> None:
    """Raises the vendor's input error when `given` are no settings of a call."""
    check(SETTINGS, given, path)


def check_whole(settings: Json) -> None:
    """Raises the vendor's input error when settings that are complete contradict each other."""
    recording = settings["recording"]
    assert isinstance(recording, dict)
    if recording["mode"] != "disabled" and not recording["audio_only"] and not recording["quality"]:
        raise input_error("recording quality is required when audio_only is false and recording is enabled")
