"""The failures in which the browser, or the person, does not let the page have a device."""

from __future__ import annotations

from functools import partial

from harness.browser.devices import Service
from harness.browser.failures.failure import BrowserError, Engine, Failure
from harness.browser.failures.hurt_service import HeldPrompt
from harness.browser.failures.permission import Permission

DENIED = "Camera/microphone permission denied. Please allow access in your browser settings and refresh."
DENIED_ERRORS: dict[Engine, BrowserError] = {
    "chromium": BrowserError("NotAllowedError", "Permission denied"),
    "firefox": BrowserError(
        "NotAllowedError",
        "The request is not allowed by the user agent or the platform in the current context.",
    ),
}
DENY = 2  # Firefox's number for it
GRANTED = "the permission is granted, under the open page"
STATE = "the page's own permissions.query says so"

# Refused for want of a permission, which can be given under the open page.
not_allowed = partial(
    Failure,
    topic="permission",
    outcome="refused",
    heals_by=GRANTED,
    control=STATE,
)

PERMISSION_FAILURES = (
    not_allowed(
        name="permission-denied",
        users_see="They press the button and nothing happens: camera and microphone are blocked for this "
        "site.",
        why="They clicked Block once, or their company's settings block it; the browser never asks again.",
        made_by="both permissions are set to denied in this person's browser context (CDP); Firefox: by "
        "preferences",
        make={"chromium": Permission},
        prefs={"permissions.default.camera": DENY, "permissions.default.microphone": DENY},
        errors=DENIED_ERRORS,
        message=DENIED,
    ),
    not_allowed(
        name="camera-denied",
        users_see="The camera is blocked for this site; the microphone would work.",
        why="They allowed the microphone alone, or blocked the camera for another page of the site before.",
        made_by="the camera's permission is set to denied in this context (CDP); Firefox: by preference",
        make={"chromium": partial(Permission, names=("camera",))},
        prefs={"permissions.default.camera": DENY},
        errors=DENIED_ERRORS,
        kinds=("video",),
        message=DENIED,
    ),
    not_allowed(
        name="mic-denied",
        users_see="The microphone is blocked for this site; the camera would work.",
        why="They blocked the microphone once, or their system's privacy settings do.",
        made_by="the microphone's permission is set to denied in this context (CDP); Firefox: by preference",
        make={"chromium": partial(Permission, names=("microphone",))},
        prefs={"permissions.default.microphone": DENY},
        errors=DENIED_ERRORS,
        kinds=("audio",),
        message=DENIED,
    ),
    Failure(
        name="prompt-ignored",
        users_see="The browser asks whether the page may use the camera, they do not notice, and the page "
        "hangs.",
        why="The prompt is small, in a corner, or behind another window.",
        made_by="nothing is granted, and the request is held up before it is decided, by the processes for "
        "the "
        "devices that are stopped (no browser without a window keeps a prompt open); Firefox: its own "
        "prompt, "
        "which nobody answers",
        topic="waiting",
        outcome="pending",
        heals_by="the permission is granted and the request goes on, under the open page",
        control="the request is not settled, and permissions.query says prompt",
        make={"chromium": partial(HeldPrompt, services=(Service.CAMERA, Service.SOUND))},
        prefs={"permissions.default.camera": 0, "permissions.default.microphone": 0},
        profile="pluggable",
    ),
    not_allowed(
        name="prompt-dismissed",
        users_see="They close the browser's question with its X or with Escape, and the page can do nothing.",
        why="A prompt in the way is clicked away; unlike after a denial, the browser will ask again.",
        made_by="the permission is left at `prompt` (CDP), which for Chromium is a prompt that was closed",
        make={"chromium": partial(Permission, setting="prompt")},
        errors={"chromium": BrowserError("NotAllowedError", "Permission dismissed")},
    ),
)
