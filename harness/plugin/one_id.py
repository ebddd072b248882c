"""A journey of one id: when it fails, or when it does not, the place where ids part is said first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import pytest

from harness.browser.cast import Cast
from harness.browser.strangers import other_owner
from harness.browser.visitor import Visitor
from harness.errors import Finding, HarnessError, NotGiven
from harness.plugin.proofs import LedgerOf
from harness.target import Party, StreamApi
from harness.trace.sightings import Ledger

OneId = Callable[..., AbstractContextManager[None]]


class Partings(Protocol):
    """Who knows where ids part."""

    def partings(self, required: Iterable[str]) -> list[str]:
        """Sentences; places in `required` that saw nothing are among them."""

    def owners(self) -> list[str]:
        """Sentences."""


class Gathered:
    """What is known of the ids of `parties`, asked of whoever can be asked."""

    def __init__(self, request: pytest.FixtureRequest, cast: Cast, parties: Sequence[Party]) -> None:
        self._request, self._cast, self._parties = request, cast, parties

    def partings(self, required: Iterable[str]) -> list[str]:
        """Where the id of a party parts, whose token was another's, and which places saw nothing."""
        found = []
        for party in self._parties:
            people = self._cast.at(party)
            ledger = self._ledger(party, people)
            parted = [str(divergence)] if (divergence := ledger.divergence()) else []
            parted += [trouble for person in people for trouble in person.token_troubles()]
            found += parted + missing_or_other(ledger, party, required, parted=bool(parted))
        return found

    def owners(self) -> list[str]:
        """Calls of another owner. An app may have a user of its own for all calls: alone that is no fault."""
        try:
            stream_api: StreamApi = self._request.getfixturevalue("stream_api")
        except NotGiven:
            return []
        owned = ((party, stream_api.call("livestream", party.id)) for party in self._parties)
        return [told for party, call in owned for told in other_owner(party, call)]

    def _ledger(self, party: Party, people: Sequence[Visitor]) -> Ledger:
        try:
            ledger_of: LedgerOf = self._request.getfixturevalue("ledger_of")
        except NotGiven:
            return Ledger(sighting for person in people for sighting in person.recorder.sightings)
        return ledger_of(party, *people)


@pytest.fixture
def one_id(cast: Cast, request: pytest.FixtureRequest) -> OneId:
    """`with one_id(party, required=places):` the journey of everybody who is at the party.

    Of several parties each has an id of its own. `required` are the places that must have seen it. Where
    Stream or the database cannot be asked, pages are compared with themselves.
    """

    def journey(*parties: Party, required: Iterable[str] = ()) -> AbstractContextManager[None]:
        return ids_first(Gathered(request, cast, parties), required)

    return journey


@contextmanager
def ids_first(gathered: Partings, required: Iterable[str]) -> Iterator[None]:
    """A journey after which, and before whatever failed in it, parted ids are said."""
    failed: Exception | None = None
    try:
        yield
    except NotGiven:
        raise
    except Exception as failure:  # whatever it was, parted ids may be why
        failed = failure
    # Where the harness broke, nobody can say what should have been seen.
    places = () if isinstance(failed, HarnessError) else required
    found = told_or(failed, lambda: gathered.partings(places))
    if found or isinstance(failed, Finding):
        found += told_or(failed, gathered.owners)
    if found:
        then = f"then: {failed}" if failed else "the journey went on"
        raise Finding(f"{'; '.join(found)}; {then}") from failed
    if failed is not None:
        raise failed


def missing_or_other(ledger: Ledger, party: Party, required: Iterable[str], *, parted: bool) -> list[str]:
    """Places without a sighting, and a journey that had one id all along, but not its party's."""
    places = list(required)
    missing = ledger.missing(places) if places else []
    told = [f"expected the callId at {len(places)} places, it was not seen at: {', '.join(missing)}"]
    other = ledger.values() - {party.id, f"livestream:{party.id}"}
    if other and not parted:
        return [f"expected livestream:{party.id} everywhere, came {', '.join(sorted(other))}"]
    return told if missing else []


def told_or(failed: Exception | None, ask: Callable[[], list[str]]) -> list[str]:
    """What `ask` finds; after a failure nothing, where a system that broke cannot tell."""
    try:
        return ask()
    except HarnessError:
        if failed is None:
            raise
        return []
