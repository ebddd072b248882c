"""Where things are on an app's pages and what they say: the defaults are those of the reference pages."""

from __future__ import annotations

from pydantic import Field

from harness.config.section import Clicks, PageUrl, Section, Selector, Words


class HostPage(Section):
    """`[host]`: the page from which a party goes live."""

    url: PageUrl | None = Field(None, description="its address, with `{party_id}` where the id goes")
    opens: Clicks = Field((), description="clicked in this order once the page is open: a banner, a tab")
    go_live: Clicks = Field(
        ('role=button[name="Go live"s]',),
        description="clicked to go live, in this order: a menu first, a confirmation last",
    )
    end: Clicks = Field(
        ('role=button[name="End party"s]',), description="clicked to end the party, in this order"
    )
    camera: Selector = Field(
        'role=button[name="Camera"s]', description="the button that turns the camera on and off"
    )
    camera_on: Selector | None = Field(
        None, description="found while the camera is on; default: `camera` with aria-pressed or checked"
    )
    microphone: Selector = Field('role=button[name="Microphone"s]', description="likewise")
    microphone_on: Selector | None = Field(None, description="likewise")
    status: Selector = Field("role=status", description="the element that tells whether the party is live")
    not_live: Words = Field("Not live", description="what it says before")
    going_live: Words = Field("Going live…", description="what it says while it goes live")
    live: Words = Field("You are live", description="what it says while live")
    ended: Words = Field("Party ended", description="what it says after the end")
    elsewhere: Words | None = Field(
        None, description="what it says when the party is live from another tab; default: not looked at"
    )
    count: Words | None = Field(
        None, description="how it says how many watch, `{count}` for the number; default: not looked at"
    )
    error: Selector = Field("role=alert", description="the element or toast that tells what went wrong")


class ViewerPage(Section):
    """`[viewer]`: the page on which a party is watched."""

    url: PageUrl | None = Field(None, description="its address, with `{party_id}` where the id goes")
    opens: Clicks = Field((), description="clicked in this order once the page is open")
    video: Selector = Field('[aria-label="Live picture"]', description="the video element of the host")
    play: Selector | None = Field(
        'role=button[name="Play sound"s]',
        description="clicked whenever it shows: browsers play sound only to who has touched the page",
    )
    retry: Selector = Field('role=button[name="Try again"s]', description="the button after an error")
    status: Selector = Field("role=status", description="the element that tells whether the party is live")
    waiting: Words = Field("Waiting for the host to go live", description="what it says before")
    joining: Words = Field("Joining…", description="what it says while it joins")
    live: Words = Field("Live", description="what it says while live")
    ended: Words = Field("The party has ended", description="what it says after the end")
    count: Words | None = Field(None, description="how it says how many watch, as the host's page")
    error: Selector = Field("role=alert", description="the element or toast that tells what went wrong")


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
    not_host: Words = Field("Only the host of this party can go live.", description="somebody else's party")
