"""What Stream and its webhooks say of people's deeds, whichever call it was: so that a wrong id is found."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from harness.errors import SettingsError
from harness.target import Party, Person, StreamJournal, Target, witnesses
from harness.trace.sightings import PLACES, Ledger, Place, Sighting

HOST = Person("host-id", "host@example.com", "password", "Host")
VIEWER = Person("viewer-id", "viewer@example.com", "password", "Viewer")
PARTY = Party("party", HOST, "A party")


class Journal(StreamJournal):
    """Has these entries."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        self.entries = entries

    def _of(self, doors: tuple[str, ...], **wanted: str) -> list[Any]:
        from harness.target.stream_journal import Deed

        return [
            Deed(e["time"], e["operation"], e["user_id"], e["call_cid"], 200, e.get("detail", {}))
            for e in self.entries
            if e["door"] in doors and all(e[name] == value for name, value in wanted.items())
        ]


def entry(t: float, who: Person, operation: str, cid: str | None = "livestream:party") -> dict[str, Any]:
    return {"time": t, "operation": operation, "user_id": who.id, "call_cid": cid, "door": "client"}


def places(sightings: list[Sighting]) -> list[Place]:
    return [one.where for one in sightings]


def test_deeds_are_sighted_by_who_did_them() -> None:
    journal = Journal(
        entry(1, HOST, "JoinCall"),
        entry(2, HOST, "GoLive"),
        entry(3, VIEWER, "JoinCall"),
        entry(4, VIEWER, "GetCall"),
        entry(5, VIEWER, "Connect", None),
    )
    seen = list(witnesses.in_journal(journal, PARTY, [HOST, VIEWER]))
    assert places(seen) == ["host join", "go live", "viewer join", "call on Stream"]
    assert Ledger(seen).divergence() is None


def test_a_join_that_arrives_at_another_call_parts_there() -> None:
    journal = Journal(entry(1, HOST, "JoinCall"), entry(2, VIEWER, "JoinCall", "livestream:other"))
    parts = Ledger(witnesses.in_journal(journal, PARTY, [HOST, VIEWER])).divergence()
    assert parts is not None
    assert (parts.what, parts.at.where, parts.at.call_id) == ("callId", "viewer join", "other")


def test_a_call_of_another_type_parts_in_its_type() -> None:
    journal = Journal(entry(1, HOST, "JoinCall"), entry(2, HOST, "GoLive", "default:party"))
    parts = Ledger(witnesses.in_journal(journal, PARTY, [HOST])).divergence()
    assert parts is not None
    assert (parts.what, parts.at.where, parts.at.call_type) == ("callType", "go live", "default")


def asked_for(t: float, cid: str, owner: str) -> dict[str, Any]:
    detail = {"created": True, "created_by_id": owner}
    return {**entry(t, HOST, "GetOrCreateCall", cid), "user_id": None, "door": "server", "detail": detail}


def test_a_second_call_parts_there_whoever_owns_it() -> None:
    journal = Journal(
        asked_for(1, "livestream:before", "somebody"),
        asked_for(3, "livestream:party", HOST.id),
        asked_for(4, "livestream:beside", "host of beside"),
        asked_for(5, "livestream:second", "somebody"),
    )
    seen = list(witnesses.in_calls_made(journal, PARTY, since=2, elsewhere={"beside"}))
    assert [(one.where, one.call_id) for one in seen] == [
        ("call on Stream", "party"),
        ("call on Stream", "second"),
    ]
    told = str(Ledger(seen).divergence())
    assert "callId parts at call on Stream (stream): second; before it, at call on Stream" in told
    assert "GetOrCreateCall for somebody" in told


def test_webhooks_of_these_people_are_sighted_whatever_call_they_name(tmp_path: Path) -> None:
    log = tmp_path / "webhooks.jsonl"
    bodies = [
        {"type": "call.live_started", "call_cid": "livestream:other", "user": {"id": HOST.id}},
        {"type": "call.live_started", "call_cid": "livestream:else", "user": {"id": "somebody"}},
        {"type": "user.updated", "user": {"id": HOST.id}},
    ]
    log.write_text("".join(json.dumps({"received_at": 1.0, **body}) + "\n" for body in bodies))
    (seen,) = witnesses.in_webhooks(log, PARTY, [HOST])
    assert (seen.where, seen.call_id) == ("webhook", "other")


def target(**told: Any) -> Target:  # noqa: ANN401
    return Target(token_url="http://127.0.0.1:1/token", **told)


def test_what_a_target_does_not_have_is_not_required_of_it(tmp_path: Path) -> None:
    without = set(PLACES) - set(target().sightings())
    assert without == {"webhook", "recording", "server log"}
    assert "webhook" in target(webhook_log=tmp_path / "webhooks.jsonl").sightings()


def test_what_a_target_declares_is_required_and_nothing_else() -> None:
    assert target(required_sightings=("go live", "party row")).sightings() == ["party row", "go live"]


def test_a_place_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"host pgae.*expected some of party row"):
        target(required_sightings=("host pgae",)).sightings()


FACTS = '{"callType": "livestream", "callId": "x", "userId": "host-id"}'


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (f"2026-11-22 21:24:18,123 [stream-video-token] Party found {FACTS}", "2026-11-22T21:24:18.123"),
        (
            f"2026-11-22T21:24:18.5Z INFO [stream-video-token] Party found {FACTS} ok",
            "2026-11-22T21:24:18.500Z",
        ),
        (f"I 2026-11-22 21:24:18 [stream-video-token] Party found {FACTS}", "2026-11-22T21:24:18"),
        (f"[stream-video-token] Party found {FACTS}", None),
    ],
)
def test_log_of_any_app_is_read(tmp_path: Path, line: str, at: str | None) -> None:
    others = [
        "[stream-video-token] Half a line {callId: 'x'",
        "[stream-video-token] Printed { userId: 'host-id' }",
        f"no mark {FACTS}",
        f"[stream-video-token] Of another {FACTS.replace('host-id', 'somebody')}",
    ]
    (tmp_path / "log").write_text("\n".join([*others, line]))
    (sighting,) = witnesses.in_server_log(tmp_path / "log", PARTY, [HOST])
    assert (sighting.call_type, sighting.call_id) == ("livestream", "x")
    assert at is None or sighting.t == datetime.fromisoformat(at).timestamp()
