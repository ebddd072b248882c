"""Where ids part is said before whatever failed because of it; what the harness broke stays its own."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from harness.errors import Finding, NotGiven, ServerError
from harness.plugin.one_id import ids_first, missing_or_other
from harness.target import Party, Person
from harness.trace.sightings import Ledger, Place, Sighting

PARTY = Party("party", Person("host-id", "host@example.com", "password", "Host"), "A party")


class Known:
    """Finds these; the owner is another's."""

    def __init__(self, *parted: str, breaks: bool = False) -> None:
        self.parted, self.breaks = parted, breaks

    def partings(self, required: Iterable[str]) -> list[str]:
        if self.breaks:
            raise ServerError("Stream does not answer.")
        return [*self.parted, *(f"missing: {place}" for place in required)]

    def owners(self) -> list[str]:
        return ["the call belongs to another"]


def journey(known: Known, failure: Exception | None, *required: str) -> str:
    """What is told of it, or nothing."""
    try:
        with ids_first(known, required):
            if failure:
                raise failure
    except Finding as finding:
        return str(finding)
    return ""


def test_a_journey_of_one_id_goes_on() -> None:
    assert journey(Known(), None) == ""


def test_parted_ids_are_said_first_and_also_when_nothing_failed() -> None:
    told = "parts; the call belongs to another; "
    assert journey(Known("parts"), Finding("no picture")) == f"{told}then: no picture"
    assert journey(Known("parts"), None) == f"{told}the journey went on"
    assert journey(Known(), Finding("no picture")) == "the call belongs to another; then: no picture"
    assert journey(Known(), None, "webhook").startswith("missing: webhook; ")


def test_what_the_harness_broke_is_a_finding_only_where_ids_part() -> None:
    with pytest.raises(ServerError):
        journey(Known(), ServerError("The database died."), "webhook")
    assert "then: The database died." in journey(Known("parts"), ServerError("The database died."))
    with pytest.raises(ServerError, match="Stream does not answer"):
        journey(Known(breaks=True), None)
    assert journey(Known(breaks=True), Finding("no picture")).endswith("then: no picture")
    with pytest.raises(NotGiven):
        journey(Known("parts"), NotGiven("needs a secret"))


def test_places_without_a_sighting_and_an_id_of_its_own_are_told() -> None:
    def seen(place: Place, call_id: str) -> Sighting:
        return Sighting(1.0, "host", place, "livestream", call_id, "a line", "party")

    right, other = Ledger([seen("host join", "party")]), Ledger([seen("host join", "another")])
    assert missing_or_other(right, PARTY, ["host join"], parted=False) == []
    assert missing_or_other(right, PARTY, ["host join", "go live"], parted=False) == [
        "expected the callId at 2 places, it was not seen at: go live"
    ]
    assert missing_or_other(other, PARTY, [], parted=False) == [
        "expected livestream:party everywhere, came livestream:another"
    ]
    assert missing_or_other(other, PARTY, [], parted=True) == []
