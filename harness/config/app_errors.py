"""How an app words what went wrong: the defaults are the sentences of the reference pages."""

from __future__ import annotations

from pydantic import Field

from harness.config.section import Section, Words

# The sentences that the apps this is for are known to say. The others are the reference pages' own.
LAW = {"permission_denied", "not_found", "in_use", "constraints", "not_signed_in", "invalid_auth", "no_token"}


class Errors(Section):
    """`[errors]`: the sentences that the checks look for, as this app words them."""

    permission_denied: Words = Field(
        "Camera/microphone permission denied. Please allow access in your browser settings and refresh.",
        description="NotAllowedError",
    )
    not_found: Words = Field(
        "No camera or microphone found. Please connect your devices and try again.",
        description="NotFoundError",
    )
    in_use: Words = Field(
        "Camera or microphone is already in use by another application. "
        "Please close other apps and try again.",
        description="NotReadableError",
    )
    constraints: Words = Field(
        "Selected device constraints not supported. Try selecting different devices.",
        description="OverconstrainedError",
    )
    timeout: Words = Field(
        "Camera or microphone did not start in time. Please check your devices and try again.",
        description="AbortError",
    )
    blocked: Words = Field(
        "Camera and microphone are blocked on this page. Please open it in a tab of its own and try again.",
        description="SecurityError",
    )
    insecure: Words = Field(
        "Camera and microphone need a secure page. Please open this page with https.",
        description="no `navigator.mediaDevices`",
    )
    not_signed_in: Words = Field("Please log in to start a live stream", description="no session")
    invalid_auth: Words = Field(
        "Stream auth failed (Invalid auth). Please refresh and try again.",
        description="the token endpoint answers 401",
    )
    no_token: Words = Field("/(?i)authentication failed/", description="the token endpoint does not answer")
    not_saved: Words = Field("/party/", description="the party's row cannot be written at go-live")
    not_host: Words = Field("Only the host of this party can go live.", description="somebody else's party")
    misunderstood: Words = Field(
        "Your browser does not understand how this page asks for your camera. Please update it, "
        "or use another browser.",
        description="TypeError",
    )
    prompt_closed: Words = Field(
        "The browser's question about your camera was closed without an answer. Please try again "
        "and choose Allow.",
        description="NotAllowedError: the question was closed",
    )
    forbidden: Words = Field(
        "This site does not let its own pages use your camera. Please tell whoever runs it.",
        description="NotAllowedError: the page's own Permissions-Policy",
    )
    framed: Words = Field(
        "This page is shown inside another site, which does not let it use your camera. Please "
        "open it in a tab of its own.",
        description="NotAllowedError: an iframe without `allow`",
    )
    ended_at_once: Words = Field(
        "Your camera stopped as soon as it started. Please plug it in again and try again.",
        description="the camera's track ended on arrival",
    )
    black_picture: Words = Field(
        "Your camera gives a black picture. Please uncover its lens and switch on a light, or "
        "choose another camera.",
        description="the camera gives black",
    )
    silent_microphone: Words = Field(
        "Your microphone gives no sound at all. Please look for a mute switch on it, or in the "
        "system's sound settings.",
        description="the microphone gives silence",
    )
    camera_muted: Words = Field(
        "Your camera is switched off by your computer. Please look for a switch or a shutter on it, or "
        "in the system's settings.",
        description="the camera's track is muted",
    )
    microphone_muted: Words = Field(
        "Your microphone is muted by your computer. Please unmute it in the system's sound settings.",
        description="the microphone's track is muted",
    )
    frozen_picture: Words = Field(
        "Your camera's picture stands still. Please switch the camera off and on, or unplug it "
        "and plug it in again.",
        description="the camera freezes while live",
    )
    camera_stopped: Words = Field(
        "Your camera has stopped: it was unplugged, or this page may no longer use it. Please "
        "check it, then switch it on again.",
        description="the camera is lost while live",
    )
    microphone_stopped: Words = Field(
        "Your microphone has stopped: it was unplugged, or this page may no longer use it. Please"
        " check it, then switch it on again.",
        description="the microphone is lost while live",
    )

    def is_law(self, name: str) -> bool:
        """Whether every app must say this sentence as it is by default, unless its owner tells another."""
        return name in LAW
