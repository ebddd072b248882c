"""A journey of one id: when it fails, or when it does not, the place where ids part is said first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from harness.browser.cast import Cast
from harness.browser.strangers import other_owner
from harness.errors import Finding, HarnessError, NotGiven
from harness.plugin.proofs import LedgerOf
from harness.target import Party, StreamApi
from harness.trace.sightings import Ledger

OneId = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def one_id(cast: Cast, ledger_of: LedgerOf, stream_api: StreamApi) -> OneId:
    """`with one_id(party, required=places):` the journey of everybody who is at the party.

    Of several parties each has an id of its own. `required` are the places that must have seen it.
    """

    def partings(party: Party, required: Iterable[str]) -> list[str]:
        people = cast.at(party)
        ledger = ledger_of(party, *people)
        found = [] if (divergence := ledger.divergence()) is None else [str(divergence)]
        for person in people:
            found += person.token_troubles()
        found += other_owner(party, stream_api.call("livestream", party.id))
        return found + missing_or_other(ledger, party, required, parted=bool(found))

    @contextmanager
    def journey(*parties: Party, required: Iterable[str] = ()) -> Iterator[None]:
        failed: Exception | None = None
        try:
            yield
        except NotGiven:
            raise
        except Exception as failure:  # whatever it was, parted ids may be why
            failed = failure
        found = partings_or(failed, lambda: [one for party in parties for one in partings(party, required)])
        if found:
            then = f"then: {failed}" if failed else "the journey went on"
            raise Finding(f"{'; '.join(found)}; {then}") from failed
        if failed is not None:
            raise failed

    return journey


def missing_or_other(ledger: Ledger, party: Party, required: Iterable[str], *, parted: bool) -> list[str]:
    """Places without a sighting, and a journey that had one id all along, but not its party's."""
    places = list(required)
    missing = ledger.missing(places) if places else []
    told = [f"expected the callId at {len(places)} places, it was not seen at: {', '.join(missing)}"]
    other = ledger.values() - {party.id, f"livestream:{party.id}"}
    if other and not parted:
        return [f"expected livestream:{party.id} everywhere, came {', '.join(sorted(other))}"]
    return told if missing else []


def partings_or(failed: Exception | None, ask: Callable[[], list[str]]) -> list[str]:
    """What `ask` finds; after a failure nothing, where a system that broke cannot tell."""
    try:
        return ask()
    except HarnessError:
        if failed is None:
            raise
        return []
