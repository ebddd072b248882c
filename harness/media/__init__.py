"""Camera and microphone clips that can be recognised again at the far end, and how they are recognised."""

from harness.media.clips import CAMERA_FPS, CAMERA_FRAMES, camera_clip, microphone_clip
from harness.media.mark import Luma, Mark, read_mark
from harness.media.tone import Tone, clip_of, dominant_frequency, pulses, tone_of

__all__ = [
    "CAMERA_FPS",
    "CAMERA_FRAMES",
    "Luma",
    "Mark",
    "Tone",
    "camera_clip",
    "clip_of",
    "dominant_frequency",
    "microphone_clip",
    "pulses",
    "read_mark",
    "tone_of",
]
