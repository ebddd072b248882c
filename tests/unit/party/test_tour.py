"""A short walk through a party with browsers: other steps for each seed, the same truths after each."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.viewer import ENDED, WAITING, Viewer
from harness.config import HarnessSettings
from harness.plugin import OneId
from harness.target import Party, StreamApi, Supabase
from harness.trace.events import RunLog

STEPS = 6
MOST_VIEWERS = 2
WITHIN = 30.0  # seconds until what one did is seen elsewhere


@dataclass
class Tour:
    """Where the party is: `live` for everybody, `on_air` from the host's open page."""

    party: Party
    host: Host
    new_viewer: Callable[[Party], Viewer]
    viewers: list[Viewer] = field(default_factory=list)
    live: bool = False
    on_air: bool = False
    was_live: bool = False

    def choices(self) -> dict[str, Callable[[], None]]:
        """What somebody may do now."""
        may = {
            "the host goes live": (not self.on_air, self.goes_live),
            "the host double-clicks Go live": (not self.on_air, self.double_clicks),
            "the host ends the party": (self.live, self.ends),
            "the host reloads": (self.on_air, self.reloads),
            "the host turns the camera off and on": (self.on_air, self.blinks),
            "a viewer comes": (len(self.viewers) < MOST_VIEWERS, self.viewer_comes),
            "a viewer leaves": (len(self.viewers) > 1, self.viewer_leaves),
            "a viewer reloads": (bool(self.viewers), self.viewer_reloads),
        }
        return {name: act for name, (now, act) in may.items() if now}

    def goes_live(self) -> None:
        self.host.goes_live()
        self.live = self.on_air = self.was_live = True

    def double_clicks(self) -> None:
        self.host.double_clicks("Go live").reads_status("You are live")
        self.live = self.on_air = self.was_live = True

    def ends(self) -> None:
        self.host.ends_party()
        self.live = self.on_air = False

    def reloads(self) -> None:
        self.host.reloads().knows_of_another_tab()
        self.on_air = False

    def blinks(self) -> None:
        self.host.turns("Camera", on=False).turns("Camera", on=True)

    def viewer_comes(self) -> None:
        self.viewers.append(self.new_viewer(self.party))

    def viewer_leaves(self) -> None:
        self.viewers.pop().leaves()

    def viewer_reloads(self) -> None:
        self.viewers[0].reloads()

    def shows_the_same_to_everybody(self) -> None:
        """Viewers see the host who is on air, and else are told why there is nothing to see."""
        for viewer in self.viewers:
            if self.on_air:
                viewer.sees(self.host, within=WITHIN)
            elif not self.live:
                viewer.reads_status(ENDED if self.was_live else WAITING, within=WITHIN)


@pytest.mark.timeout(240)
def test_whatever_is_done_page_row_and_stream_agree(
    party: Party,
    host: Host,
    new_viewer: Callable[[Party], Viewer],
    supabase: Supabase,
    stream_api: StreamApi,
    harness_settings: HarnessSettings,
    one_id: OneId,
    run_log: RunLog,
) -> None:
    chance = random.Random(f"tour {harness_settings.seed}")
    tour = Tour(party, host, new_viewer)
    story = [f"--harness-seed {harness_settings.seed}"]

    def why_not_yet() -> str | None:
        row, call = supabase.party_row(party.id), stream_api.call("livestream", party.id)
        is_live = (row["is_live"], call is not None and not call["backstage"])
        if is_live != (tour.live, tour.live):
            return f"expected live to be {tour.live}, row and Stream say {is_live}"
        there = stream_api.participants("livestream", party.id)
        expected = len(tour.viewers) * tour.live + tour.on_air
        if len(there) != expected or there.count(party.host_id) != tour.on_air:
            return f"expected {expected} in the call, the host {tour.on_air}; Stream has {there}"
        calls = [call["cid"] for call in stream_api.calls_created_by(party.host_id)]
        return None if len(calls) <= 1 else f"expected one call of the host, Stream has {calls}"

    with one_id(party):
        for step in range(STEPS):
            # First somebody who sees it, and then something to see.
            first = {0: "a viewer comes", 1: "the host goes live"}
            choices = tour.choices()
            name = first.get(step) or chance.choice(sorted(choices))
            story.append(name)
            run_log.event("harness", "tour", text=name)
            choices[name]()
            eventually(lambda: (why := why_not_yet()) and f"{'; '.join(story)}: {why}", within=WITHIN)
            tour.shows_the_same_to_everybody()
