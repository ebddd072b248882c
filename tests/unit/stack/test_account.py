"""What servers say of a while is theirs, of that while and that call, on the evidence's clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harness.stack import account as asked
from harness.stack.account import While, armed_faults, server_account

NOW = time.time()
CALL = "livestream:a"


def entry(seconds: float, operation: str, cid: str | None, **more: object) -> dict[str, Any]:
    entry = {"time": NOW + seconds, "door": "client", "operation": operation, "method": "POST", "path": "/x"}
    return entry | {"status": 201, "user_id": "host", "call_cid": cid, "detail": {}} | more


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The local Stream's answers by what is asked for."""
    answers: dict[str, dict[str, Any]] = {
        "clock": {"offset_seconds": 3600},
        "journal": {
            "entries": [
                entry(3500, "Early", CALL),
                entry(3601, "JoinCall", CALL, status=403, detail={"code": 17}),
                entry(3602, "JoinCall", "livestream:b"),
                entry(3603, "Connect", None),
            ]
        },
        "faults": {"faults": [{"id": "1"}]},
        "media_faults": {"media_faults": [{"id": "2"}]},
    }
    monkeypatch.setattr(asked, "_get", lambda _url, what: answers[what])
    return answers


@pytest.mark.usefixtures("stream")
def test_the_journal_of_that_call_in_that_while_on_our_clock() -> None:
    told = server_account(While(NOW, NOW + 5, [CALL]), "http://control", {})
    assert [(round(row.t - NOW), row.text, row.bad) for row in told.rows] == [
        (1, "client JoinCall POST /x -> 403 by host", True),
        (3, "client Connect POST /x -> 201 by host", False),
    ]
    assert '"code": 17' in told.rows[0].more


@pytest.mark.usefixtures("stream")
def test_without_a_call_all_of_them_are_told() -> None:
    told = server_account(While(NOW, NOW + 5), "http://control", {})
    assert len(told.rows) == 3


@pytest.mark.usefixtures("stream")
def test_faults_of_both_kinds_are_listed() -> None:
    assert armed_faults("http://control") == [{"id": "1"}, {"id": "2"}]


def test_lines_of_that_while_with_their_tracebacks(tmp_path: Path) -> None:
    def line(seconds: float, text: str) -> str:
        stamp = datetime.fromtimestamp(NOW + seconds).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
        return f"{stamp} {text}\n"

    log = tmp_path / "server.log"
    others, ours = 'asked {"callId": "b"}', 'asked {"callId": "a"}'
    log.write_text(line(-60, "before") + line(1, "went wrong") + "Traceback\n  more\n")
    log.write_text(log.read_text() + line(2, others) + line(3, ours) + line(60, "after"))
    about = While(NOW, NOW + 5, [CALL])
    told = server_account(about, None, {"token-server": log, "other": tmp_path / "none.log"})
    assert [row.text for row in told.rows] == ["went wrong", "Traceback", "  more", ours]
    assert {row.who for row in told.rows} == {"token-server"}
    assert told.missing == (
        "Stream's journal: this Stream keeps none that could be read.",
        "The log of the other: No such file or directory.",
    )


@pytest.mark.parametrize(
    "line",
    ["{}T{}Z said", "[{}T{}.25+00:00] said", "{} {} said", "{}T{}+0000 said"],
    ids=lambda line: line[:12],
)
def test_logs_of_apps_tell_times_in_ways_of_their_own(tmp_path: Path, line: str) -> None:
    log, utc = tmp_path / "app.log", "T{}" in line
    then = datetime.fromtimestamp(NOW + 1, UTC) if utc else datetime.fromtimestamp(NOW + 1)
    log.write_text(line.format(then.date(), then.strftime("%H:%M:%S")) + "\n")
    told = server_account(While(NOW - 1, NOW + 5), None, {"app": log})
    assert [(abs(row.t - NOW - 1) < 1.1, row.text) for row in told.rows] == [(True, "said")]


def test_the_end_of_a_log_that_tells_no_times_is_told(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("".join(f"line {number}\n" for number in range(300)))
    told = server_account(While(NOW, NOW + 5), None, {"app": log})
    assert [row.text for row in told.rows] == [f"line {number}" for number in range(200, 300)]
    assert {row.t for row in told.rows} == {NOW + 5}


def test_a_stream_that_does_not_answer_is_told() -> None:
    told = server_account(While(NOW, NOW + 5), "http://127.0.0.1:9/_control", {})
    assert told.missing[0].startswith("Stream's journal: ")
    assert armed_faults("http://127.0.0.1:9/_control") == []
