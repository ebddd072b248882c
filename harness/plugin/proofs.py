"""What is proved of a whole party: its pictures for the report, that nothing is live, the path of its id."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.off_air import expect_off_air
from harness.browser.visitor import Visitor
from harness.plugin.sighted import Sighted
from harness.target import (
    Party,
    StreamApi,
    StreamJournal,
    Supabase,
    Target,
)
from harness.trace.events import RunLog
from harness.trace.sightings import Ledger

Keep = Callable[..., None]
NothingLive = Callable[[Party, Host], None]
LedgerOf = Callable[..., Ledger]


@pytest.fixture
def keep(run_dir: Path, request: pytest.FixtureRequest) -> Keep:
    """`keep(host, viewer)`: a screenshot of each, for the report."""

    def take(*people: Visitor) -> None:
        for person in people:
            name = re.sub(r"\W+", "-", f"{request.node.name}-{person.who}").strip("-")
            person.screenshot(run_dir / "screenshots" / f"{name}.png")

    return take


@pytest.fixture
def off_air(supabase: Supabase, stream_api: StreamApi) -> NothingLive:
    """`off_air(party, host)`: page, row, Stream do not say live, no light is on, the host is in no call."""

    def prove(party: Party, host: Host) -> None:
        expect_off_air(host, party, supabase, stream_api)
        eventually(lambda: why_not_gone(stream_api, party), within=20)

    return prove


def why_not_gone(stream_api: StreamApi, party: Party) -> str | None:
    """Why the host is not out of the call, or None."""
    there = stream_api.participants("livestream", party.id)
    return f"expected the host to be in no call, Stream has {there}" if party.host_id in there else None


@pytest.fixture
def nothing_live(off_air: NothingLive) -> NothingLive:
    """`nothing_live(party, host)`: off the air, and no track was ever published."""

    def prove(party: Party, host: Host) -> None:
        off_air(party, host)
        sent = host.probe.sent_media_bytes()
        assert sent.total == 0, f"expected no track to be published, the host sent {sent}"

    return prove


@pytest.fixture
def ledger_of(
    target: Target,
    supabase: Supabase,
    stream_api: StreamApi,
    stream_journal: StreamJournal | None,
    run_log: RunLog,
    parties_made: list[Party],
) -> LedgerOf:
    """`ledger_of(party, host, viewer)`: where they, the servers and the database saw the callId."""

    sighted = Sighted(target, supabase, stream_api, stream_journal, parties_made)

    def gather(party: Party, *people: Visitor) -> Ledger:
        ledger = sighted.ledger(party, *people)
        known = sighted.on_pages(*people)
        for sighting in ledger.in_order():
            if sighting not in known:
                run_log.event(**sighting.as_event())
        return ledger

    return gather
