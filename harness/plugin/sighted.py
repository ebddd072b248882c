"""Where a party's callId was seen: on its people's pages, in the servers, in the database."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

from harness.browser.eventually import eventually
from harness.browser.visitor import Visitor
from harness.errors import Finding
from harness.target import Party, Person, StreamApi, StreamJournal, Supabase, Target, witnesses
from harness.trace.sightings import Ledger, Sighting

LATE_BY = 6.0  # seconds that a webhook may take


class Sighted:
    """Asks those who can know of a party; each is asked anew each time."""

    def __init__(
        self,
        target: Target,
        supabase: Supabase,
        stream_api: StreamApi,
        journal: StreamJournal | None,
        parties: Iterable[Party] = (),
    ) -> None:
        """`parties` are all that were made: calls of the others are not of the one that is asked for."""
        self._parties = parties
        self._target, self._supabase = target, supabase
        self._stream_api, self._journal = stream_api, journal

    def ledger(self, party: Party, *people: Visitor) -> Ledger:
        """All sightings; what comes late is waited for a while, what never comes is missing in it."""
        on_pages = self.on_pages(*people)
        ledger = Ledger()

        def why_not_yet() -> str | None:
            nonlocal ledger
            ledger = Ledger([*self._elsewhere(party, people), *on_pages])
            late = "webhook" in self._target.sightings() and ledger.missing(["webhook"])
            return "no webhook has told of the call yet" if late else None

        # The check that asks for what is missing says so.
        with suppress(Finding):
            eventually(why_not_yet, within=LATE_BY)
        return ledger

    def on_pages(self, *people: Visitor) -> list[Sighting]:
        """Of which the run log knows already."""
        for person in people:
            person.recorder.sight_links()
        return [sighting for person in people for sighting in person.recorder.sightings]

    def _elsewhere(self, party: Party, people: tuple[Visitor, ...]) -> Iterator[Sighting]:
        target, accounts = self._target, _accounts(people)
        yield from witnesses.in_database(self._supabase, party)
        yield from witnesses.on_stream(self._stream_api, party)
        if target.token_server_log is not None:
            yield from witnesses.in_server_log(target.token_server_log, party, accounts)
        if target.webhook_log is not None:
            yield from witnesses.in_webhooks(target.webhook_log, party, accounts)
        if self._journal is not None:
            yield from witnesses.in_journal(self._journal, party, accounts)
            since = min((person.recorder.began for person in people), default=time.time())
            elsewhere = {other.id for other in self._parties if other.id != party.id}
            yield from witnesses.in_calls_made(self._journal, party, since, elsewhere)


def _accounts(people: tuple[Visitor, ...]) -> list[Person]:
    return [person.account for person in people if person.account]
