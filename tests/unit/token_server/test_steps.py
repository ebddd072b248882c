"""The log of a request."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.token_server.system import running


def test_steps_in_order_and_refusals_with_their_reason(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(log) as system:
        party = system.new_party()
        system.endpoint.ask(system.session(party.host), {"callId": party.id})
        system.endpoint.ask("garbage", {"callId": party.id})
    lines = [
        line.removeprefix("[stream-video-token] ").partition(" {") for line in log.read_text().splitlines()
    ]
    assert [step for step, _, _ in lines] == [
        "Session verified",
        "Party found",
        "User upserted on Stream",
        "Call created/verified on Stream servers",
        "Token generated",
        "Refused",
    ]
    created = json.loads("{" + lines[3][2])
    assert created == {
        "callType": "livestream",
        "callId": party.id,
        "userId": party.host.id,
        "created": True,
    }
    assert json.loads("{" + lines[5][2])["reason"] == "DecodeError"


def test_line_break_of_a_client_stays_in_its_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(log) as system:
        party = system.new_party()
        system.endpoint.ask(
            system.session(party.host), {"callId": "x\r\n[stream-video-token] Token generated {}"}
        )
    lines = log.read_text().splitlines()
    assert [line.split()[1] for line in lines] == ["Session", "Refused"]
