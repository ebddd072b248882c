"""What is proved of a whole party: its pictures for the report, that nothing is live, the path of its id."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.off_air import expect_off_air
from harness.browser.visitor import Visitor
from harness.errors import Finding
from harness.target import (
    Party,
    Person,
    StreamApi,
    StreamJournal,
    Supabase,
    Target,
    witnesses,
)
from harness.trace.events import RunLog
from harness.trace.sightings import Ledger, Sighting

if TYPE_CHECKING:
    pass


Keep = Callable[..., None]
NothingLive = Callable[[Party, Host], None]
LedgerOf = Callable[..., Ledger]
LATE_BY = 6.0  # seconds that a webhook may take


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
        eventually(lambda: why_not_gone(stream_api, party), within=15)

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

    def witnessed(party: Party, accounts: list[Person], since: float) -> list[Sighting]:
        seen = [*witnesses.in_database(supabase, party), *witnesses.on_stream(stream_api, party)]
        if target.token_server_log is not None:
            seen += witnesses.in_server_log(target.token_server_log, party, accounts)
        if target.webhook_log is not None:
            seen += witnesses.in_webhooks(target.webhook_log, party, accounts)
        if stream_journal is not None:
            seen += witnesses.in_journal(stream_journal, party, accounts)
            elsewhere = {other.id for other in parties_made if other.id != party.id}
            seen += witnesses.in_calls_made(stream_journal, party, since, elsewhere)
        return seen

    def gather(party: Party, *people: Visitor) -> Ledger:
        accounts = [person.account for person in people if person.account]
        since = min((person.recorder.began for person in people), default=time.time())
        for person in people:
            person.recorder.sight_links()
        on_pages = [sighting for person in people for sighting in person.recorder.sightings]
        ledger = Ledger()

        def why_not_yet() -> str | None:
            nonlocal ledger
            seen = witnessed(party, accounts, since)
            ledger = Ledger([*seen, *on_pages])
            late = "webhook" in target.sightings() and ledger.missing(["webhook"])
            return "no webhook has told of the call yet" if late else None

        # What never comes is missing in the ledger, and the check that asks for it says so.
        with suppress(Finding):
            eventually(why_not_yet, within=LATE_BY)
        for sighting in ledger.in_order():
            if sighting not in on_pages:
                run_log.event(**sighting.as_event())
        return ledger

    return gather
