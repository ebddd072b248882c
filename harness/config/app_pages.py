"""Where things are on an app's pages and what they say: the defaults are those of the reference pages."""

from __future__ import annotations

from typing import ClassVar

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
    sound_only: Clicks | None = Field(
        None, description="clicked to go live with sound alone, when the camera was denied"
    )
    stop_waiting: Clicks | None = Field(
        None, description="clicked to give up while the browser asks for the camera"
    )
    preview: Clicks | None = Field(
        None, description="clicked to see the camera before going live, and again to end that"
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
    asking: Words | None = Field(
        None,
        description="what it says while the browser asks for the camera; default: not looked at on an app "
        "of your own",
    )
    elsewhere: Words | None = Field(
        None, description="what it says when the party is live from another tab; default: not looked at"
    )
    count: Words | None = Field(
        None, description="how it says how many watch, `{count}` for the number; default: not looked at"
    )
    error: Selector = Field("role=alert", description="the element or toast that tells what went wrong")

    # The keys of what `status` may say of every app.
    states: ClassVar[tuple[str, ...]] = ("not_live", "going_live", "live", "ended")


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
    camera_off: Words | None = Field(
        None,
        description="what the page says when the host's camera is off; default: not looked at on an app of "
        "your own",
    )
    microphone_off: Words | None = Field(None, description="likewise")
    count: Words | None = Field(None, description="how it says how many watch, as the host's page")
    error: Selector = Field("role=alert", description="the element or toast that tells what went wrong")

    states: ClassVar[tuple[str, ...]] = ("waiting", "joining", "live", "ended")
