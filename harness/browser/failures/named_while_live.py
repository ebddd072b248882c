"""The failures that come under a page that is live already."""

from __future__ import annotations

from functools import partial

from harness.browser.devices import Service
from harness.browser.failures.failure import Failure
from harness.browser.failures.hurt_service import DeadService, FrozenService
from harness.browser.failures.missing_device import MissingDevice
from harness.browser.failures.permission import Permission

# The track ends, and the page is told.
lost = partial(
    Failure,
    topic="lost",
    outcome="ends",
    while_live=True,
)
# The track goes on and brings nothing, and nobody is told.
stuck = partial(
    Failure,
    topic="stuck",
    outcome="stops",
    heals_by="the process runs on",
    control="the system says that the process is stopped",
    while_live=True,
)

FAILURES_WHILE_LIVE = (
    lost(
        name="revoked-while-live",
        users_see="They go on talking, and nobody sees or hears them any more.",
        why="They, or somebody who helps them, changed the site's permission while it was in use.",
        made_by="both permissions are set to denied under the live page (CDP)",
        heals_by="the permission is granted, under the open page",
        control="permissions.query says denied",
        make={"chromium": Permission},
    ),
    lost(
        name="camera-unplugged",
        users_see="The picture stops in the middle of the party.",
        why="A cable, a dock, a laptop's lid.",
        made_by="the file that is the camera is deleted, and the browser looks for devices",
        heals_by="it is plugged in again, under the open page",
        control="the browser does not list the camera",
        make={"chromium": partial(MissingDevice, names=("camera",))},
        kinds=("video",),
    ),
    lost(
        name="mic-unplugged",
        users_see="The sound stops in the middle of the party.",
        why="A headset's cable, its battery, its Bluetooth.",
        made_by="the browser's process for sound is ended, and starts again without an input",
        heals_by="it is plugged in again, under the open page",
        control="the browser does not list the microphone",
        make={"chromium": partial(MissingDevice, names=("microphone",))},
        kinds=("audio",),
        profile="pluggable",
    ),
    lost(
        name="camera-crashes",
        users_see="The picture stops in the middle of the party; the camera is still listed.",
        why="A driver, or the browser's own process for cameras, crashes.",
        made_by="the browser's process for cameras is killed",
        heals_by="the browser starts it anew when it is asked",
        control="a process was there to be killed",
        make={"chromium": partial(DeadService, service=Service.CAMERA)},
        kinds=("video",),
    ),
    stuck(
        name="camera-freezes",
        users_see="Viewers see a still picture; to the page everything looks well.",
        why="A driver or a USB bus that hangs: the browser tells the page nothing.",
        made_by="the browser's process for cameras is stopped",
        make={"chromium": partial(FrozenService, services=(Service.CAMERA,))},
        kinds=("video",),
    ),
    stuck(
        name="mic-freezes",
        users_see="Viewers hear nothing; to the page everything looks well.",
        why="An audio driver or service that hangs: the browser tells the page nothing.",
        made_by="the browser's process for sound is stopped",
        make={"chromium": partial(FrozenService, services=(Service.SOUND,))},
        kinds=("audio",),
    ),
)
