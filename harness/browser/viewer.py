"""A viewer of a party, in a browser without any device and with every permission denied."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import ClassVar, Self

from playwright.sync_api import Locator
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from harness.browser.eventually import eventually, limit, unchanged
from harness.browser.exchange import CallOperation
from harness.browser.host import Host
from harness.browser.look import Look
from harness.browser.probe import MediaBytes
from harness.browser.proof import prove_no_picture, prove_picture, prove_silence, prove_sound
from harness.browser.recorder import Role
from harness.browser.screen import prove_no_picture_left, prove_the_right_way_round
from harness.browser.sound import Ears
from harness.browser.visitor import STEP_WITHIN, Visitor
from harness.config import ViewerPage
from harness.errors import Finding, NotGiven

PLAYS_WITHIN = 2.0  # seconds for the click that starts the sound
WAITING = "Waiting for the host to go live"
LIVE = "Live"
ENDED = "The party has ended"


class Viewer(Visitor):
    """Sees and hears: each is a proof, and raises Finding with what came instead."""

    role: ClassVar[Role] = "viewer"
    _was_led = False  # whether what `viewer.video` of the target file names has been a picture once
    _first_frame_since: float | None = None  # when what is seen now could first be seen, in unix seconds

    @property
    def picture(self) -> Locator:
        """Where the page shows the host."""
        return self._place(self._where.video)

    def sees_and_hears(self, host: Host, *, within: float = STEP_WITHIN) -> Self:
        """Both proofs, in less time than one after the other: it listens while it looks."""
        with Ears(self.page, host.opened_at or 0.0) as ears:
            return self.sees(host, within=within, meanwhile=ears.begin).hears(host, within=within)

    def sees(
        self, host: Host, *, within: float = STEP_WITHIN, meanwhile: Callable[[], None] = lambda: None
    ) -> Self:
        """Proof of picture: frames are decoded, pixels change, and the mark is that of this host's camera.

        A stream that came before the host (re)loaded the page is of an earlier session, and no proof.
        `meanwhile` is done as often as it looks.
        """

        def error_or_play() -> str | None:
            meanwhile()
            self.plays()
            return self.error

        if host.camera_clip is None:
            raise ValueError(f"{host.who} has no camera that could be seen")
        began = time.monotonic()
        with (
            self._says_meanwhile(),
            self._led_to_the_picture(),
            self._told_or_gap("viewer.video", lambda: not self._shows(self._where.video)),
        ):
            proof = prove_picture(
                self.picture,
                host.camera_clip,
                within=within,
                since=host.opened_at or 0.0,
                page_error=error_or_play,
            )
        self._was_led = True
        marks = f"mark of clip {proof.last.clip_id}, frames {proof.first.frame} to {proof.last.frame}"
        if call := host.live_call:
            cid = f"{call.call_type}:{call.call_id}"
            self.recorder.sight("picture", cid, f"{marks}: the camera of {host.who}", proof.seen_at)
        text = f"sees {host.who}: {marks}, {proof.frames} frames decoded"
        waited = round(time.monotonic() - began, 3)
        self.recorder.event("media", t=proof.seen_at, name="picture", text=text, waited=waited)
        self._time_to_first_frame(host)
        return self

    @contextmanager
    def _says_meanwhile(self) -> Iterator[None]:
        """With what is not seen: what the page says that it does."""
        try:
            yield
        except Finding as finding:
            says = f" The page of {self.who} says {status!r}." if (status := self.status) else ""
            raise Finding(f"{finding}{says}") from finding

    @contextmanager
    def _led_to_the_picture(self) -> Iterator[None]:
        """A picture that plays where the target file does not lead is a gap, and no fault of the app."""
        try:
            yield
        except Finding as finding:
            of_the_app = self._where.url is None or self._was_led or self.picture.count() > 0
            if of_the_app or self.probe.first_frame_after(self.opened_at or 0.0) is None:
                raise
            raise NotGiven(
                "needs a viewer.video that leads to the picture: one plays on the page, and nothing is at "
                f"{self._where.video} (no selector leads into a closed shadow root)"
            ) from finding

    def is_shown_the_right_way_round(self) -> Self:
        """As it is painted. Of another app, which may show things over it, only if it can be read."""
        with self._doing("look at the screen"):
            seen = prove_the_right_way_round(self.picture)
        if not seen and self._where.url is None:
            raise Finding(f"{self.who} was to see the picture, and on the screen nothing can be read in it.")
        if not seen:
            self.recorder.event("page", text="which way round the picture is could not be read on the screen")
        return self

    def recognises(self, *hosts: Host, within: float = STEP_WITHIN) -> Host:
        """Whose picture is shown, whosever it should be: by its mark, twice in a row."""
        by_clip = {host.camera_clip: host for host in hosts}
        marks: list[int | None] = []

        def why_not_yet() -> str | None:
            mark = Look.at(self.picture).mark
            marks.append(None if mark is None else mark.clip_id)
            known = marks[-1] in by_clip and marks[-2:] == [marks[-1]] * 2
            names = " or ".join(host.who for host in hosts)
            return None if known else f"{self.who} was expected to see {names}, the mark is {marks[-1]}."

        eventually(why_not_yet, within=within)
        return by_clip[marks[-1]]

    @property
    def joined_call(self) -> CallOperation | None:
        """The call that this viewer last joined, as the request named it."""
        asked = [one.call_operation for one in self.recorder.operations("join") if one.is_ok]
        return asked[-1] if asked else None

    def _time_to_first_frame(self, host: Host) -> None:
        """Told once for each go-live or page load; by the page's own clock, not by when somebody looked."""
        began = max(self.opened_at or 0.0, host.went_live_at or 0.0)
        first = self.probe.first_frame_after(began)
        if first is None or began == self._first_frame_since:
            return
        self._first_frame_since = began
        seconds = round(first - began, 3)
        self.recorder.event("media", t=first, name="time to first frame", seconds=seconds)

    def hears(self, host: Host, *, within: float = STEP_WITHIN) -> Self:
        """Proof of sound: the dominant frequency of what the page plays is this host's tone."""
        if host.microphone_clip is None:
            raise ValueError(f"{host.who} has no microphone that could be heard")
        began = time.monotonic()
        tone = prove_sound(
            self.page,
            host.microphone_clip,
            within=within,
            since=host.opened_at or 0.0,
            meanwhile=self.plays,
        )
        loudness = round(tone.decibels, 1)
        text = f"hears {host.who}: {tone.hz:.0f} Hz at {loudness} dBFS"
        waited = round(time.monotonic() - began, 3)
        self.recorder.event("media", name="tone", value=round(tone.hz), unit="Hz", text=text, waited=waited)
        self.recorder.event("media", name="loudness", value=loudness, unit="dBFS")
        return self

    def sees_nothing(self, *, within: float = STEP_WITHIN) -> Self:
        """No new frame comes any more, and the last one does not stay on the screen."""
        prove_no_picture(self.picture, within=within)
        prove_no_picture_left(self.picture, within=within)
        return self

    def hears_nothing(self, *, within: float = STEP_WITHIN) -> Self:
        """There is silence."""
        prove_silence(self.page, within=within)
        return self

    def gets_no_more_media(self, *, within: float = STEP_WITHIN) -> MediaBytes:
        """Wait until no byte of sound or picture has come for a second; what has come in all."""
        what = f"the media bytes that {self.who} received"
        return unchanged(self.received_media_bytes, seconds=1.0, within=within, what=what)

    def received_media_bytes(self) -> MediaBytes:
        """What has come of audio and video, over all connections of the open page."""
        return self.probe.received_media_bytes()

    def plays(self) -> None:
        """Click what starts picture and sound, if the page asks for a click: as a person would at once."""
        play = self._where.play
        if play is not None and self._shows(play):
            with suppress(PlaywrightTimeoutError):  # gone again by itself: nothing was to be clicked
                self._place(play).first.click(timeout=limit(PLAYS_WITHIN))

    @property
    def _where(self) -> ViewerPage:
        return self.target.viewer

    _keys: ClassVar[dict[str, str]] = {"Try again": "viewer.retry", "Play sound": "viewer.play"}

    @property
    def _buttons(self) -> dict[str, tuple[str, ...]]:
        play = {"Play sound": (self._where.play,)} if self._where.play else {}
        return {"Try again": (self._where.retry,), **play}
