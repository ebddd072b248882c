"""Where the system itself says which callId it used: database, Stream, webhooks, the token server's log.

Each is asked for what these people did, not for the id that we expect: otherwise no other could be found.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.target.people import Party, Person
from harness.target.stream_api import StreamApi
from harness.target.stream_journal import StreamJournal
from harness.target.supabase import Supabase
from harness.trace.sightings import Ledger, Place, Sighting

NANOSECONDS = 1e9
LOG_LINE = re.compile(r"^(?P<before>.*?)(?P<step>\[stream-video-token\] [^{]*)(?P<facts>\{.*\})")
STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?")


def in_database(supabase: Supabase, party: Party) -> Iterator[Sighting]:
    """The party's row, and the call that it names once the party went live."""
    row = supabase.party_row(party.id)
    # Not every app keeps times; when it was asked is after all that it tells of.
    created, updated = (_seconds(row.get(name)) for name in ("created_at", "updated_at"))
    yield Sighting(created, "database", "party row", None, row["id"], "parties.id", party.id)
    if row["stream_app_id"]:
        yield Sighting(
            updated,
            "database",
            "stream_app_id",
            None,
            row["stream_app_id"],
            "parties.stream_app_id",
            party.id,
        )


def on_stream(stream_api: StreamApi, party: Party) -> Iterator[Sighting]:
    """Every call that the party's host owns: not the one we expect, but those that are there."""
    for call in stream_api.calls_created_by(party.host_id):
        call_type, call_id = Ledger.normalise(call["cid"])
        created = call["created_at"] / NANOSECONDS
        evidence = "call created by the host, as Stream lists it"
        yield Sighting(created, "stream", "call on Stream", call_type, call_id, evidence, party.id)
        for recording in stream_api.recordings(call_type or "", call_id):
            ended = recording["end_time"] / NANOSECONDS
            evidence = f"recording {recording['filename']}, as Stream lists it"
            yield Sighting(ended, "stream", "recording", call_type, call_id, evidence, party.id)


# What the journal's operations are in the ledger, by who asked; all others are of a call that is there.
DEEDS: dict[str, tuple[Place, Place]] = {
    "JoinCall": ("host join", "viewer join"),
    "JoinRequest": ("host SFU join", "viewer SFU join"),
    "GoLive": ("go live", "go live"),
}


def in_journal(journal: StreamJournal, party: Party, people: Iterable[Person]) -> Iterator[Sighting]:
    """What each of `people` asked of which call, as it arrived at Stream and at its SFU."""
    for person in people:
        for deed in journal.deeds(person.id):
            if deed.cid is None:
                continue
            as_host, as_viewer = DEEDS.get(deed.operation, ("call on Stream", "call on Stream"))
            where = as_host if person.id == party.host_id else as_viewer
            evidence = f"{deed.operation} by {person.name}, as it came to Stream"
            yield Sighting(deed.t, "stream", where, *Ledger.normalise(deed.cid), evidence, party.id)


def in_calls_made(
    journal: StreamJournal, party: Party, since: float, elsewhere: Collection[str] = ()
) -> Iterator[Sighting]:
    """Every call that somebody asked Stream for since `since` (unix seconds), whoever owns it.

    `elsewhere` are the other parties of that time: what is asked for them is of no journey but theirs.
    """
    for deed in journal.calls_asked_for(since):
        call_type, call_id = Ledger.normalise(deed.cid or "")
        if call_id not in elsewhere:
            owner = deed.detail.get("created_by_id")
            evidence = f"{deed.operation}{f' for {owner}' if owner else ''}, as it came to Stream"
            yield Sighting(deed.t, "stream", "call on Stream", call_type, call_id, evidence, party.id)


def in_webhooks(log: Path, party: Party, people: Iterable[Person]) -> Iterator[Sighting]:
    """Every webhook that tells of one of `people`."""
    users = {person.id for person in people}
    for line in log.read_text(encoding="utf-8").splitlines():
        if not any(user in line for user in users):
            continue
        body = json.loads(line)
        if body.get("call_cid"):
            ids = Ledger.normalise(body["call_cid"])
            evidence = f"webhook {body['type']}"
            yield Sighting(body["received_at"], "stream", "webhook", *ids, evidence, party.id)


def in_server_log(log: Path, party: Party, people: Iterable[Person]) -> Iterator[Sighting]:
    """Every line that the token server wrote for one of `people`: marked, with its facts as JSON."""
    users = {person.id for person in people}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        found = LOG_LINE.match(line)
        facts = _facts(found["facts"]) if found else {}
        if found and facts.get("userId") in users:
            ids = str(facts.get("callType")), str(facts.get("callId"))
            evidence = f"{found['step'].strip()} {facts}"
            yield Sighting(_said_at(found["before"]), "token-server", "server log", *ids, evidence, party.id)


def _facts(text: str) -> dict[str, Any]:
    """What other languages print is none, and no sighting."""
    try:
        facts = json.loads(text)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _said_at(before: str) -> float:
    """The time of a line, by what is before its mark; of a log without times, when it was read."""
    stamp = STAMP.search(before)
    return datetime.fromisoformat(stamp[0]).timestamp() if stamp else time.time()


def _seconds(timestamp: str | None) -> float:
    return datetime.fromisoformat(timestamp).timestamp() if timestamp else time.time()
