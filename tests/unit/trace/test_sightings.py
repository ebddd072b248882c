"""The ledger of the callId: what is missing, and where ids part."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.trace.events import RunLog, read
from harness.trace.sightings import Ledger, Place, Sighting

ONE = "2b1d4f6e-8a3c-4d5e-9f7a-6b5c4d3e2f1a"
TWO = "7c1d4f6e-8a3c-4d5e-9f7a-6b5c4d3e2f1a"


def sighting(t: float, where: Place, call_id: str = ONE, call_type: str | None = "livestream") -> Sighting:
    who = "viewer" if where.startswith("viewer") else "host"
    return Sighting(t, who, where, call_type, call_id, f"{where} line")


def test_an_empty_ledger_misses_everything_and_proves_nothing() -> None:
    ledger = Ledger()
    assert ledger.missing(["party row", "host join"]) == ["party row", "host join"]
    assert ledger.divergence() is None
    assert ledger.values() == set()


def test_places_without_a_sighting_are_missing_in_the_order_asked() -> None:
    ledger = Ledger([sighting(1, "host join"), sighting(2, "go live")])
    assert ledger.missing(["go live", "viewer join", "host join", "party row"]) == [
        "viewer join",
        "party row",
    ]
    assert ledger.missing(["host join"]) == []


def test_requiring_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="name at least one"):
        Ledger([sighting(1, "host join")]).missing([])


def test_one_id_everywhere_does_not_diverge() -> None:
    ledger = Ledger(
        [sighting(1, "party row", call_type=None), sighting(2, "host join"), sighting(3, "viewer join")]
    )
    assert ledger.divergence() is None
    assert ledger.values() == {ONE, f"livestream:{ONE}"}


def test_the_message_names_both_places_and_both_values() -> None:
    ledger = Ledger([sighting(1, "host join"), sighting(2, "viewer join", TWO)])
    assert str(ledger.divergence()) == (
        f"callId parts at viewer join (viewer): {TWO}; before it, at host join (host): {ONE}. "
        "Evidence: viewer join line; before it: host join line"
    )


def test_the_first_place_by_time_is_named_whatever_the_order_given() -> None:
    seen: list[tuple[float, Place, str]] = [
        (9, "picture", TWO),
        (1, "party row", ONE),
        (5, "host join", TWO),
        (3, "host page", ONE),
    ]
    divergence = Ledger(sighting(at, where, call_id) for at, where, call_id in seen).divergence()
    assert divergence is not None
    assert (divergence.before.where, divergence.at.where) == ("host page", "host join")


def test_sightings_of_one_moment_keep_the_order_given() -> None:
    ledger = Ledger([sighting(1, "host token request"), sighting(1, "server log", TWO)])
    divergence = ledger.divergence()
    assert divergence is not None
    assert divergence.at.where == "server log"


def test_another_call_type_is_a_divergence_of_its_own() -> None:
    seen = [sighting(1, "host join"), sighting(2, "stream_app_id", call_type=None)]
    assert Ledger(seen).divergence() is None
    seen.append(sighting(3, "viewer join", call_type="default"))
    assert str(Ledger(seen).divergence()).startswith(
        "callType parts at viewer join (viewer): default; before it, at host join (host): livestream"
    )


@pytest.mark.parametrize("strange", [ONE.upper(), f" {ONE}", ONE[:-1], ""])
def test_ids_are_compared_to_the_letter(strange: str) -> None:
    divergence = Ledger([sighting(1, "host join"), sighting(2, "viewer join", strange)]).divergence()
    assert divergence is not None
    assert f"(viewer): {strange or 'empty'};" in str(divergence)


@pytest.mark.parametrize(
    ("cid", "parts"),
    [
        (f"livestream:{ONE}", ("livestream", ONE)),
        (ONE, (None, ONE)),
        ("default:a:b", ("default", "a:b")),
        ("livestream:", ("livestream", "")),
        ("", (None, "")),
    ],
)
def test_a_cid_is_taken_apart_and_nothing_else_is_changed(cid: str, parts: tuple[str | None, str]) -> None:
    assert Ledger.normalise(cid) == parts


def test_sightings_come_back_from_the_run_log_by_journey(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "events.jsonl")
    mine = Sighting(1.5, "host", "host join", "livestream", ONE, "POST /join", "first party")
    log.event(**mine.as_event())
    log.event(**Sighting(2, "host", "host join", "livestream", TWO, "POST /join", "second party").as_event())
    log.event(**sighting(3, "go live").as_event())
    log.event("host", "page", text="no sighting")
    events = read(log.path)

    assert len(Ledger.of(events).in_order()) == 3
    assert Ledger.of(events, journey="first party").in_order() == [mine]
