"""Which devices a browser has, as data. A process has one profile for life; permissions are per context.

Chromium plays files as its fake devices. The flag that answers permission prompts by itself
(`--use-fake-ui-for-media-stream`) is never given: it overrides what a context was denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.browser.devices import Devices
from harness.media.clips import camera_clip, microphone_clip

# A second flag of this kind replaces Playwright's own: what that one turns off is here again, and a test
# holds it to the Playwright that is installed.
OFF_FOR_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "DialMediaRouteProvider",
    "GlobalMediaControls",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "BlockOriginHeaderModificationOnRedirect",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "Translate",
    "AutoDeElevate",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "msForceBrowserSignIn",
    "msEdgeUpdateLaunchServicesPreferredVersion",
)
# What an address bar would suggest: two pages of Chromium's own, made with every window though none is shown.
# They took as much time as opening a page does.
OFF_FOR_US = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# QUIC would hide requests from the recorder; the rest is Chromium talking to the world on its own.
BASE_FLAGS = (
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    f"--disable-features={','.join((*OFF_FOR_PLAYWRIGHT, *OFF_FOR_US))}",
)
FAKE_DEVICES = "--use-fake-device-for-media-stream"


@dataclass(frozen=True)
class DeviceProfile:
    """`camera` and `microphone` are the clip that the device plays, or None when there is no such device.

    With `changeable` devices can fail, vanish and come back while the browser runs: see
    `harness.browser.devices`. A `piped` microphone can be unplugged, too. `cameras` more than one are
    Chromium's own pictures: only one camera can play a clip.
    """

    name: str
    camera: int | None = None
    microphone: int | None = None
    changeable: bool = False
    piped: bool = False
    cameras: int = 1

    def flags(self, clips: Path) -> list[str]:
        """What to launch Chromium with; makes the clips in folder `clips` where they are not there yet."""
        return [*BASE_FLAGS, *self._device_flags(clips)]

    def devices(self, clips: Path, sockets: Path) -> Devices | None:
        """Their control, ready for the browser to start; None for devices that stay as they are."""
        if not self.changeable:
            return None
        camera = None if self.camera is None else camera_clip(self.camera, clips)
        microphone = None if self.microphone is None else microphone_clip(self.microphone, clips)
        return Devices(sockets / self.name, camera, microphone, piped=self.piped)

    def _device_flags(self, clips: Path) -> list[str]:
        if self.camera is None and self.microphone is None:
            return []
        if self.microphone is None:
            # Chromium's fake devices come with a microphone; only a process of the camera's own can lack it.
            raise ValueError(f"{self.name}: a camera without a microphone cannot be had by flags alone.")
        sound = f"--use-file-for-fake-audio-capture={microphone_clip(self.microphone, clips)}"
        if self.cameras != 1 or self.camera is None:
            count = 0 if self.camera is None else self.cameras
            return [f"{FAKE_DEVICES}=device-count={count}", sound]
        return [FAKE_DEVICES, f"--use-file-for-fake-video-capture={camera_clip(self.camera, clips)}", sound]


PROFILES = {
    profile.name: profile
    for profile in (
        DeviceProfile("host_a", camera=1, microphone=1),
        DeviceProfile("host_b", camera=2, microphone=2),
        DeviceProfile("no_camera", microphone=1),
        DeviceProfile("no_microphone", camera=4, changeable=True, piped=True),
        DeviceProfile("no_devices"),
        DeviceProfile("two_cameras", camera=5, microphone=5, cameras=2),
        DeviceProfile("changeable", camera=3, microphone=3, changeable=True),
        DeviceProfile("pluggable", camera=6, microphone=6, changeable=True, piped=True),
    )
}
