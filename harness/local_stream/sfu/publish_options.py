"""What the SFU asks publishers to send, and which codecs it forwards.

VP8 and Opus. One layer by default: a listening party has one host, whose machine encodes each further one.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.local_stream.sfu.protocol import Message, models

AUDIO_TYPES = frozenset({models.TRACK_TYPE_AUDIO, models.TRACK_TYPE_SCREEN_SHARE_AUDIO})

# What each kind of track needs (Stream's own capability names).
CAPABILITIES = {
    models.TRACK_TYPE_AUDIO: "send-audio",
    models.TRACK_TYPE_VIDEO: "send-video",
    models.TRACK_TYPE_SCREEN_SHARE: "screenshare",
    models.TRACK_TYPE_SCREEN_SHARE_AUDIO: "screenshare",
}

VIDEO_FEEDBACK = ["nack", "nack pli", "ccm fir"]


@dataclass(frozen=True)
class CameraOptions:
    """What clients are asked to send of a camera: a codec (`vp8`, `h264`, `vp9`) and so many spatial layers.

    Clients of before publish options (1.0) send VP8 in up to three layers whatever is asked.
    """

    codec: str = "vp8"
    layers: int = 1


def publish_options(camera: CameraOptions) -> list[Message]:
    """`join_response.publish_options`, one per track type."""
    opus = models.Codec(
        name="opus",
        payload_type=111,
        clock_rate=48_000,
        encoding_parameters="2",
        fmtp="minptime=10;useinbandfec=1",
    )
    vp8 = models.Codec(name="vp8", payload_type=96, clock_rate=90_000)
    codec = models.Codec(name=camera.codec, clock_rate=90_000)
    return [
        _audio(models.TRACK_TYPE_AUDIO, 1, opus),
        _video(models.TRACK_TYPE_VIDEO, 2, codec, 1_250_000, (1280, 720), layers=camera.layers),
        _video(models.TRACK_TYPE_SCREEN_SHARE, 3, vp8, 2_500_000, (1920, 1080)),
        _audio(models.TRACK_TYPE_SCREEN_SHARE_AUDIO, 4, opus),
    ]


def _audio(track_type: int, identifier: int, codec: Message) -> Message:
    return models.PublishOption(
        track_type=track_type,
        id=identifier,
        codec=codec,
        bitrate=64_000,
        audio_bitrate_profiles=[
            models.AudioBitrate(
                profile=models.AUDIO_BITRATE_PROFILE_VOICE_STANDARD_UNSPECIFIED, bitrate=64_000
            ),
            models.AudioBitrate(profile=models.AUDIO_BITRATE_PROFILE_VOICE_HIGH_QUALITY, bitrate=128_000),
            models.AudioBitrate(profile=models.AUDIO_BITRATE_PROFILE_MUSIC_HIGH_QUALITY, bitrate=128_000),
        ],
    )


def _video(
    track_type: int, identifier: int, codec: Message, bitrate: int, size: tuple[int, int], *, layers: int = 1
) -> Message:
    return models.PublishOption(
        track_type=track_type,
        id=identifier,
        codec=codec,
        bitrate=bitrate,
        fps=30,
        max_spatial_layers=layers,
        max_temporal_layers=1,
        video_dimension=models.VideoDimension(width=size[0], height=size[1]),
    )


def codecs_of(info: Message) -> tuple[str, ...]:
    """What a `models.TrackInfo` may be sent in, best first: what it announces; old clients announce none."""
    if info.codec.name:
        return (info.codec.name,)
    return ("opus",) if info.track_type in AUDIO_TYPES else ("VP8", "H264", "VP9")
