"""The failures that come of the page itself: its address, its headers, who embeds it, what it asks for."""

from __future__ import annotations

from functools import partial

from harness.browser.failures.altered_document import DeniedByPolicy, InsecureOrigin, Sandboxed
from harness.browser.failures.failure import BrowserError, Failure
from harness.browser.failures.in_frame import InFrame
from harness.browser.failures.named_by_permission import DENIED_ERRORS
from harness.browser.failures.stand_in import StandIn
from harness.browser.failures.uninvited import Uninvited

CONSTRAINTS = "Selected device constraints not supported. Try selecting different devices."
NOTHING_ASKED = "At least one of audio and video must be requested"
SANDBOX_ERRORS = {**DENIED_ERRORS, "chromium": BrowserError("SecurityError", "Invalid security origin")}

# Who serves or embeds the page does not let it.
blocked = partial(
    Failure,
    topic="blocked",
    outcome="refused",
    loads_anew=True,
)
# The page's request is altered: the answer is the browser's own.
altered = partial(
    Failure,
    outcome="refused",
    heals_by="the request is left as it is",
    control="a request was altered",
    prefs={},
)

PAGE_FAILURES = (
    blocked(
        name="denied-by-policy",
        users_see="The site's own server forbids the camera, and no setting of theirs helps.",
        why="A Permissions-Policy header of a proxy, a CDN or a hosting default.",
        made_by="the document gets the header `Permissions-Policy: camera=(), microphone=()`",
        heals_by="the header is gone when the page is loaded anew",
        control="the document's own policy does not allow the camera",
        make={"chromium": DeniedByPolicy},
        errors={"chromium": DENIED_ERRORS["chromium"]},
    ),
    blocked(
        name="iframe-without-allow",
        users_see="The party is embedded in another site, and the camera does not work there.",
        why='The embedding site left out `allow="camera; microphone"`.',
        made_by="the page is put into a frame of a page of another origin",
        heals_by="the page is opened in a tab of its own",
        control="the inner document's own policy does not allow the camera",
        make={"chromium": InFrame, "firefox": InFrame},
        prefs={},
        errors=DENIED_ERRORS,
        signs_out=True,
    ),
    blocked(
        name="security-error",
        users_see="The page is shown in a sandbox, and the camera does not work there.",
        why="An embedding site, a preview or a mail program puts pages into a sandbox.",
        made_by="the document gets the header `Content-Security-Policy: sandbox allow-scripts allow-forms`",
        heals_by="the header is gone when the page is loaded anew",
        control="the document has no origin",
        make={"chromium": Sandboxed, "firefox": Sandboxed},
        prefs={},
        errors=SANDBOX_ERRORS,
        signs_out=True,
    ),
    Failure(
        name="insecure-origin",
        users_see="Nothing works, and the page may say `undefined`: on http browsers hide camera and "
        "microphone.",
        why="An old http link, a test on a phone by the computer's address.",
        made_by="the page is opened by a name that is not this machine's own, over http",
        topic="insecure",
        outcome="no devices",
        heals_by="the page is opened at its secure address",
        control="the browser says that the page is not secure",
        make={"chromium": InsecureOrigin, "firefox": InsecureOrigin},
        prefs={},
        loads_anew=True,
        signs_out=True,
    ),
    altered(
        name="overconstrained",
        users_see="The camera that they chose last time is not there today, and another one is not tried.",
        why="The page remembers a device and asks for exactly that one, or for a size that no camera here "
        "has.",
        made_by="no browser refuses a page that does not insist: its request is altered to insist on a "
        "device that "
        "is gone; the error is the browser's own",
        topic="constraints",
        stand_in=partial(StandIn, plan={"ask": "a device that is gone"}),
        errors={
            "chromium": BrowserError("OverconstrainedError", "", "deviceId"),
            "firefox": BrowserError(
                "OverconstrainedError", "Constraints could not be satisfied.", "deviceId"
            ),
        },
        message=CONSTRAINTS,
    ),
    altered(
        name="type-error",
        users_see="A message for programmers, or nothing at all.",
        why="The page asks for neither camera nor microphone: both are switched off, or a setting is "
        "misspelt.",
        made_by="the page's request is altered to ask for nothing; the error is the browser's own",
        topic="defect",
        stand_in=partial(StandIn, plan={"ask": "nothing"}),
        errors={
            "chromium": BrowserError(
                "TypeError", f"Failed to execute 'getUserMedia' on 'MediaDevices': {NOTHING_ASKED}"
            ),
            "firefox": BrowserError("TypeError", "audio and/or video is required"),
        },
    ),
    Failure(
        name="viewer-without-devices",
        users_see="Nothing should: who only watches needs no camera and no permission.",
        why="Most viewers have no camera, or have blocked it.",
        made_by="a browser without any device, in which every permission is denied",
        topic="nothing",
        outcome="not asked",
        heals_by="nothing to heal",
        control="the browser lists no device, and both permissions are denied",
        make={"chromium": Uninvited},
        role="viewer",
        profile="no_devices",
    ),
)
