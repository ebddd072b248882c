"""The failures in which a device is missing, busy, late, or gives nothing."""

from __future__ import annotations

from functools import partial

from harness.browser.failures.broken_microphone import BrokenMicrophone
from harness.browser.failures.clip_of_nothing import BlackPicture, SilentMicrophone
from harness.browser.failures.dying_camera import DyingCamera
from harness.browser.failures.failure import BrowserError, Engine, Failure
from harness.browser.failures.held_camera import HeldCamera
from harness.browser.failures.missing_device import MissingDevice
from harness.browser.failures.second_tab import SecondTab
from harness.browser.failures.stand_in import StandIn

NOT_FOUND = "No camera or microphone found. Please connect your devices and try again."
IN_USE = (
    "Camera or microphone is already in use by another application. Please close other apps and try again."
)
MISSING_ERRORS: dict[Engine, BrowserError] = {
    "chromium": BrowserError("NotFoundError", "Requested device not found"),
    "firefox": BrowserError("NotFoundError", "The object can not be found here."),
}
PLUGGED = "it is plugged in again, under the open page"
LISTED = "the browser does not list the device"
MUTED_BY = (
    "the track that the browser gives is said to be muted, as a browser says it when the system mutes the "
    "device"
)
UNMUTED = "the switch is turned back, under the open page: the track says that it is not muted"
MUTES = "a track was muted"
STARTS_LATE = 8.0  # seconds; Chromium gives up after 10
GIVES_UP = 10.0  # seconds

# What was not there can be plugged in.
missing = partial(
    Failure,
    topic="missing",
    outcome="refused",
    heals_by=PLUGGED,
    control=LISTED,
    errors=MISSING_ERRORS,
    message=NOT_FOUND,
)
# The system mutes a device: no machine without a sound card or a camera of its own can do that really.
muted = partial(
    Failure,
    outcome="mutes",
    made_by=MUTED_BY,
    heals_by=UNMUTED,
    control=MUTES,
)
# A camera that takes its time.
held = partial(
    Failure,
    heals_by="the next start is quick again",
    control="the start of the camera was held up",
    kinds=("video",),
)
# Another program has the device.
in_use = partial(
    Failure,
    topic="busy",
    outcome="refused",
    heals_by="the other program lets go, under the open page",
    message=IN_USE,
)

DEVICE_FAILURES = (
    missing(
        name="no-camera",
        users_see="Their computer has no camera, or its cable is out.",
        why="A desktop without a webcam; a dock that was unplugged; a privacy switch that cuts its power.",
        made_by="the file that is the browser's camera is deleted",
        make={"chromium": partial(MissingDevice, names=("camera",))},
        prefs={"media.navigator.streams.fake": False, "media.getusermedia.microphone.fake.force": True},
        kinds=("video",),
    ),
    missing(
        name="no-mic",
        users_see="Their computer has no microphone.",
        why="A desktop without a headset; a headset that is not paired.",
        made_by="the browser's process for sound starts without an input",
        make={"chromium": partial(MissingDevice, names=("microphone",))},
        prefs={"media.navigator.streams.fake": False, "media.getusermedia.camera.fake.force": True},
        kinds=("audio",),
        profile="pluggable",
    ),
    missing(
        name="no-devices",
        users_see="There is neither a camera nor a microphone.",
        why="A desktop without any; a remote desktop that passes none on.",
        made_by="the camera's file is deleted, and the process for sound starts without an input",
        make={"chromium": MissingDevice},
        prefs={"media.navigator.streams.fake": False},
        profile="pluggable",
    ),
    in_use(
        name="camera-busy",
        users_see="The camera is listed and allowed, and does not start.",
        why="On Windows another program (Zoom, Teams, OBS) holds the camera alone.",
        made_by="opening the camera's file is refused to the thread that starts it (fanotify as root, else a "
        "preloaded library)",
        control="the start of the camera was tried and refused",
        make={"chromium": partial(HeldCamera, busy=True)},
        stand_in=partial(
            StandIn,
            plan={
                "kind": "video",
                "error": {"name": "NotReadableError", "message": "Failed to allocate videosource"},
            },
        ),
        errors={
            "chromium": BrowserError("NotReadableError", "Could not start video source"),
            "firefox": BrowserError("NotReadableError", "Failed to allocate videosource"),
        },
        kinds=("video",),
    ),
    in_use(
        name="mic-busy",
        users_see="The microphone is listed and allowed, and does not start.",
        why="Another program holds it alone, its driver hangs, or a Bluetooth headset is in use elsewhere.",
        made_by="the browser's process for sound ends at each start",
        control="the start of the microphone was tried and failed",
        make={"chromium": BrokenMicrophone},
        stand_in=partial(
            StandIn,
            plan={
                "kind": "audio",
                "error": {"name": "NotReadableError", "message": "Failed to allocate audiosource"},
            },
        ),
        errors={
            "chromium": BrowserError("NotReadableError", "Could not start audio source"),
            "firefox": BrowserError("NotReadableError", "Failed to allocate audiosource"),
        },
        kinds=("audio",),
    ),
    held(
        name="slow-camera",
        users_see="They press the button, and for eight seconds nothing seems to happen.",
        why="A camera that wakes from sleep, hangs on a busy USB hub, or is a phone on the network.",
        made_by=f"opening the camera's file takes {STARTS_LATE:g} s for the thread that starts it",
        topic="waiting",
        outcome="given",
        make={"chromium": partial(HeldCamera, delay=STARTS_LATE)},
        seconds=STARTS_LATE,
    ),
    held(
        name="abort",
        users_see="The camera never starts; after ten seconds the browser gives up.",
        why="A driver that hangs, a virtual camera whose program is not running.",
        made_by=f"opening the camera's file takes longer than the {GIVES_UP:g} s that Chromium waits",
        topic="no start",
        outcome="refused",
        make={"chromium": partial(HeldCamera, delay=GIVES_UP + 1)},
        stand_in=partial(
            StandIn,
            plan={"error": {"name": "AbortError", "message": "Starting videoinput failed"}},
        ),
        errors={
            "chromium": BrowserError("AbortError", "Timeout starting video source"),
            "firefox": BrowserError("AbortError", "Starting videoinput failed"),
        },
        seconds=GIVES_UP,
    ),
    Failure(
        name="ended-on-arrival",
        users_see="The page says that all is well, and viewers see nothing: the camera's track is over "
        "already.",
        why="A camera that fails with its first frame: a bad cable, a virtual camera that closes.",
        made_by="the process for cameras is killed as soon as the page has its picture",
        topic="lost",
        outcome="ends",
        heals_by="the camera works at its next start",
        control="the process for cameras died",
        make={"chromium": DyingCamera},
        kinds=("video",),
    ),
    Failure(
        name="black-picture",
        users_see="Viewers see black; the host does not look at their own picture.",
        why="A lens cover, a privacy shutter, a virtual camera without a scene.",
        made_by="the camera plays black frames",
        topic="no picture",
        outcome="given",
        heals_by="the cover is taken off: the camera's next start brings its picture",
        control="a page of the harness's own sees black in the same camera",
        make={"chromium": BlackPicture},
        kinds=("video",),
    ),
    Failure(
        name="silent-mic",
        users_see="Viewers hear nothing, and the host thinks that they do.",
        why="A headset's own mute switch, the wrong input, a microphone turned down to nothing.",
        made_by="the microphone plays digital silence",
        topic="no sound",
        outcome="given",
        heals_by="the switch is turned: the microphone's next start brings its sound",
        control="a page of the harness's own hears silence in the same microphone",
        make={"chromium": SilentMicrophone},
        kinds=("audio",),
    ),
    muted(
        name="camera-muted",
        users_see="Viewers see black; the camera is listed, allowed, and its light may even be on.",
        why="A laptop's key or switch for the camera, a privacy setting of the system: the track stays live, "
        "and is muted.",
        topic="no picture",
        stand_in=partial(StandIn, plan={"kind": "video", "mute": True}),
        kinds=("video",),
    ),
    muted(
        name="mic-muted",
        users_see="Viewers hear nothing; the microphone is listed and allowed.",
        why="A laptop's microphone key, the system's sound settings, another program's mute: the track stays "
        "live, and is muted.",
        topic="no sound",
        stand_in=partial(StandIn, plan={"kind": "audio", "mute": True}),
        kinds=("audio",),
    ),
    Failure(
        name="another-tab-holds-device",
        users_see="Nothing should: browsers share a camera between their tabs.",
        why="A second tab of the app, or another site's call, is still open.",
        made_by="another tab of the same browser captures camera and microphone, in a size of its own",
        topic="nothing",
        outcome="given",
        heals_by="the other tab is closed",
        control="the other tab's tracks are live",
        make={"chromium": SecondTab, "firefox": SecondTab},
        prefs={},
    ),
)
