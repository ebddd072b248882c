"""A host goes live once, a viewer watches, and the party ends: what the target file says of it is tried."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from harness.browser.cast import Cast
from harness.browser.eventually import eventually
from harness.browser.host import LIVE, Device, Host
from harness.browser.viewer import ENDED as VIEWER_ENDED
from harness.browser.viewer import LIVE as VIEWER_LIVE
from harness.browser.viewer import Viewer
from harness.browser.visitor import STEP_WITHIN
from harness.errors import Finding, NotGiven
from harness.plugin.sighted import Sighted
from harness.target import Party, Supabase, Target
from harness.target_file.piece import Piece, Unverified, look, needed

GOING_LIVE, JOINING = "Going live…", "Joining…"


@dataclass
class Rehearsal:
    """`host` and `viewer` are on their pages, nobody is live yet; `found` are keys that led somewhere."""

    target: Target
    cast: Cast
    party: Party
    host: Host
    viewer: Viewer
    supabase: Supabase | None
    sighted: Sighted | None
    found: Collection[str]
    _passing: bool = False
    _joining: bool = False

    def pieces(self) -> Iterator[Piece]:
        """In the order of a party; after one that does not go live, nothing is tried."""
        live, piece = look(
            "host.live", "the host goes live", self._goes_live, ["host.live", "host.go_live", "host.status"]
        )
        yield piece
        for name, good, tried, keys in self._while_live():
            yield look(name, good, lambda tried=tried: needed(live) and tried(), keys)[1]  # type: ignore[misc]
        ended, piece = look(
            "host.ended",
            "the host ends it",
            lambda: needed(live) and self.host.ends_party(),
            ["host.end", "host.ended"],
        )
        yield piece
        yield look(
            "viewer.ended",
            "the viewer is told",
            lambda: needed(ended) and self.viewer.reads_status(VIEWER_ENDED),
            ["viewer.ended"],
        )[1]

    def _while_live(self) -> Iterator[tuple[str, str, Callable[[], object], list[str]]]:
        where, at_viewer = self.target.host, self.target.viewer
        yield "host.going_live", "it was read on the way", self._said_going_live, ["host.going_live"]
        yield "viewer.live", "the viewer reads it", self._joins, ["viewer.live", "viewer.status"]
        yield "viewer.joining", "it was read on the way", self._said_joining, ["viewer.joining"]
        yield "viewer.video", "it shows this host", self._viewer_sees, ["viewer.video"]
        yield "viewer.play", "this host is heard", lambda: self.viewer.hears(self.host), ["viewer.play"]
        yield "host.camera_on", "off and on", lambda: self._turns("Camera"), ["host.camera_on"]
        yield "host.microphone_on", "off and on", lambda: self._turns("Microphone"), ["host.microphone_on"]
        if where.count is not None:
            yield "host.count", "one watches", lambda: self.host.counts(1), ["host.count"]
        if at_viewer.count is not None:
            yield "viewer.count", "one watches", lambda: self.viewer.counts(1), ["viewer.count"]
        if where.elsewhere is not None:
            yield "host.elsewhere", "another tab says it", self._second_tab, ["host.elsewhere"]
        yield "party row", "it says live, and names the call", self._row_is_live, ["party"]
        yield "sightings", "each place has seen the callId", self._seen_everywhere, ["required_sightings"]

    def _goes_live(self) -> Host:
        self.host.clicks_go_live()

        def why_not_yet() -> str | None:
            self._passing = self._passing or self.host.reads(GOING_LIVE)
            if self.host.reads(LIVE):
                return None
            if error := self.host.error:
                raise Finding(f"The host could not go live: {error}")
            return f"The host is not live: the page says {self.host.status!r}, not {self.target.host.live!r}."

        eventually(why_not_yet, within=STEP_WITHIN)
        return self.host

    def _joins(self) -> None:
        def why_not_yet() -> str | None:
            self._joining = self._joining or self.viewer.reads(JOINING)
            self.viewer.plays()
            if self.viewer.reads(VIEWER_LIVE):
                return None
            said, words = self.viewer.status, self.target.viewer.live
            return f"The viewer was expected to read {words!r}, the page says {said!r}: change viewer.live."

        eventually(why_not_yet, within=STEP_WITHIN)

    def _viewer_sees(self) -> None:
        try:
            self.viewer.sees(self.host)
        except NotGiven as missing:  # of a check a gap, of the file that says where the picture is a fault
            raise Finding(str(missing)) from None

    def _said_going_live(self) -> None:
        if not self._passing:
            raise Unverified("it passed before it could be read")

    def _said_joining(self) -> None:
        if not self._joining:
            raise Unverified("it passed before it could be read")

    def _turns(self, device: Device) -> None:
        if f"host.{device.lower()}" not in self.found:
            raise NotGiven("needs what is not green above")
        if not self.host.has_on(device):
            key = f"host.{device.lower()}_on"
            raise Finding(f"The {device.lower()} was expected to be on while live: change {key}.")
        self.host.turns(device, on=False).turns(device, on=True)

    def _second_tab(self) -> None:
        tab = self.cast.second_tab(self.host, self.party)
        tab.knows_of_another_tab()
        tab.leaves()

    def _row_is_live(self) -> None:
        if self.supabase is None:
            raise NotGiven("needs SUPABASE_SERVICE_ROLE_KEY, to read the party")
        supabase = self.supabase

        def why_not_yet() -> str | None:
            row = supabase.party_row(self.party.id)
            if row["is_live"] is not True:
                return f"party.is_live was expected to be true while live, it is {row['is_live']!r}."
            call = row["stream_app_id"]
            named = call is not None and self.party.id in str(call)
            return None if named else f"party.stream_app_id was expected to name the call, it is {call!r}."

        eventually(why_not_yet, within=STEP_WITHIN)

    def _seen_everywhere(self) -> None:
        if self.sighted is None:
            raise NotGiven("needs SUPABASE_SERVICE_ROLE_KEY and STREAM_API_SECRET, to ask where it was seen")
        ledger = self.sighted.ledger(self.party, self.host, self.viewer)
        required = self.target.sightings()
        if missing := ledger.missing(required):
            seen = json.dumps([place for place in required if place not in missing])
            raise Finding(
                f"The callId was not seen at: {', '.join(missing)}. Where the app cannot be seen there: "
                f"required_sightings = {seen}"
            )
