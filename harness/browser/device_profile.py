"""Which devices a browser has, as data. A process has one profile for life; permissions are per context.

Chromium plays files as its fake devices. The flag that answers permission prompts by itself
(`--use-fake-ui-for-media-stream`) is never given: it overrides what a context was denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.media.clips import camera_clip, microphone_clip

# QUIC would hide requests from the recorder; the rest is Chromium talking to the world on its own.
BASE_FLAGS = (
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)


@dataclass(frozen=True)
class DeviceProfile:
    """`camera` and `microphone` are the clip that the device plays, or None when there is no such device."""

    name: str
    camera: int | None = None
    microphone: int | None = None

    def flags(self, clips: Path) -> list[str]:
        """What to launch Chromium with; makes the clips in folder `clips` where they are not there yet."""
        return [*BASE_FLAGS, *self._device_flags(clips)]

    def _device_flags(self, clips: Path) -> list[str]:
        if self.camera is None and self.microphone is None:
            return []
        if self.microphone is None:
            # Chromium's fake devices come with a microphone; only a process of the camera's own can lack it.
            raise ValueError(f"{self.name}: a camera without a microphone cannot be had by flags alone.")
        sound = f"--use-file-for-fake-audio-capture={microphone_clip(self.microphone, clips)}"
        if self.camera is None:
            return ["--use-fake-device-for-media-stream=device-count=0", sound]
        picture = f"--use-file-for-fake-video-capture={camera_clip(self.camera, clips)}"
        return ["--use-fake-device-for-media-stream", picture, sound]


PROFILES = {
    profile.name: profile
    for profile in (
        DeviceProfile("host_a", camera=1, microphone=1),
        DeviceProfile("host_b", camera=2, microphone=2),
        DeviceProfile("no_camera", microphone=1),
        DeviceProfile("no_devices"),
    )
}
