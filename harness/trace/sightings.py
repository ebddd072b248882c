"""Sightings of the callId, and the ledger that shows whether one id ran through everything.

A sighting is one place where the id was seen: who saw it, where, which value, when, and the raw evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from harness.trace.events import Event

Place = Literal[
    "party row",
    "host page",
    "host token request",
    "server log",
    "host token answer",
    "call on Stream",
    "host join",
    "host SFU join",
    "go live",
    "Stream event",
    "stream_app_id",
    "viewer page",
    "viewer token request",
    "viewer token answer",
    "viewer join",
    "viewer SFU join",
    "picture",
    "webhook",
    "recording",
]
PLACES: tuple[Place, ...] = get_args(Place)


@dataclass(frozen=True)
class Sighting:
    """One place where the callId was seen.

    `t` is unix seconds, `who` a lane of the timeline (host, viewer, token-server, stream, database). A place
    that knows no call type (the party's row, `stream_app_id`) has `call_type` None. `evidence` is the raw
    line, address or file that the value was read from. `journey` tells two parties of one test apart:
    sightings are compared within one journey; it is what the person meant to do, never what was observed.
    """

    t: float
    who: str
    where: Place
    call_type: str | None
    call_id: str
    evidence: str
    journey: str | None = None

    @property
    def value(self) -> str:
        """`type:id` as Stream writes it, or the id alone."""
        return f"{self.call_type}:{self.call_id}" if self.call_type is not None else self.call_id

    def as_event(self) -> Event:
        """Arguments for `RunLog.event(**...)`."""
        return {"what": "sighting", **asdict(self)}

    @classmethod
    def from_event(cls, event: Event) -> Sighting:
        """The sighting that a run log's `sighting` event tells of; raises KeyError when it is not one."""
        return cls(
            event["t"],
            event["who"],
            event["where"],
            event["call_type"],
            event["call_id"],
            event["evidence"],
            event.get("journey"),
        )


@dataclass(frozen=True)
class Divergence:
    """Where two sightings part: the first one that differs, and the one before it that it differs from."""

    what: Literal["callType", "callId"]
    before: Sighting
    at: Sighting

    def __str__(self) -> str:
        return (
            f"{self.what} parts at {self._told(self.at)}; before it, at {self._told(self.before)}. "
            f"Evidence: {self.at.evidence}; before it: {self.before.evidence}"
        )

    def _told(self, sighting: Sighting) -> str:
        value = sighting.call_id if self.what == "callId" else sighting.call_type
        return f"{sighting.where} ({sighting.who}): {value or 'empty'}"


class Ledger:
    """The sightings of one journey. They may be given in any order; they are read in the order of time."""

    def __init__(self, sightings: Iterable[Sighting] = ()) -> None:
        self._sightings = list(sightings)

    @classmethod
    def of(cls, events: Iterable[Event], *, journey: str | None = None) -> Ledger:
        """The sightings among `events`, of one journey when it is named."""
        return cls(
            Sighting.from_event(event)
            for event in events
            if event["what"] == "sighting" and journey in (None, event.get("journey"))
        )

    def in_order(self) -> list[Sighting]:
        """All sightings by time; those of one moment in the order in which they were given."""
        return sorted(self._sightings, key=lambda sighting: sighting.t)

    def values(self) -> set[str]:
        """The different `type:id` (or bare id) values that were seen."""
        return {sighting.value for sighting in self._sightings}

    def missing(self, required: Iterable[str]) -> list[str]:
        """The `required` places that saw nothing, in their order. An empty ledger misses all of them.

        Raises ValueError when nothing is required: such a question proves nothing.
        """
        places = list(required)
        if not places:
            raise ValueError("No place was required to have seen the callId: name at least one.")
        seen = {sighting.where for sighting in self._sightings}
        return [place for place in places if place not in seen]

    def divergence(self) -> Divergence | None:
        """The first place, by time, where callType or callId is not what it was before, or None."""
        before: Sighting | None = None
        typed: Sighting | None = None
        for sighting in self.in_order():
            if before is not None and sighting.call_id != before.call_id:
                return Divergence("callId", before, sighting)
            if sighting.call_type is not None:
                if typed is not None and sighting.call_type != typed.call_type:
                    return Divergence("callType", typed, sighting)
                typed = sighting
            before = sighting
        return None

    @staticmethod
    def normalise(cid: str) -> tuple[str | None, str]:
        """`livestream:uuid` as (`livestream`, `uuid`), a bare id as (None, id); nothing else is changed."""
        call_type, colon, call_id = cid.partition(":")
        return (call_type, call_id) if colon else (None, cid)
