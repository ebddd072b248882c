"""Fifty who ask for one party at the same time: one call is made, as Stream's own journal has it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from harness.target import Answer
from tests.unit.local_stream.server import LocalStream
from tests.unit.token_server.system import System
from tests.unit.token_server.test_renewal import on, stream  # noqa: F401  a fixture

AT_ONCE = 50


def test_fifty_at_once_make_one_call(tmp_path: Path, stream: LocalStream) -> None:  # noqa: F811
    with on(stream, tmp_path / "log") as system:
        party, people = system.new_party(), [system.new_person() for _ in range(5)]
        sessions = [system.session(people[number % len(people)]) for number in range(AT_ONCE)]
        answers = asked_together(system, sessions, {"callType": "livestream", "callId": party.id})
    assert [answer.status for answer in answers] == [200] * AT_ONCE
    entries = stream.http.get("/_control/journal", params={"call_cid": f"livestream:{party.id}"}).json()[
        "entries"
    ]
    made = [entry for entry in entries if entry["operation"] == "GetOrCreateCall"]
    assert len(made) == AT_ONCE
    assert [entry["detail"].get("created") for entry in made].count(True) == 1
    assert [entry["operation"] for entry in entries].count("call.created") == 1


def asked_together(system: System, sessions: list[str], body: dict[str, str]) -> list[Answer]:
    """The answers to all of them, begun at one moment."""
    together = Barrier(len(sessions))

    def ask(session: str) -> Answer:
        together.wait()
        return system.endpoint.ask(session, body)

    with ThreadPoolExecutor(len(sessions)) as pool:
        return list(pool.map(ask, sessions))
