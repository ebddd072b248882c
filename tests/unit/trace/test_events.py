"""The run log keeps every line, whoever writes it and however they end."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.trace.events import RunLog, Tail, read
from harness.trace.redactor import MASK, Redactor


def test_events_come_back_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "run" / "events.jsonl")
    log.event("host", "page", text="Not live")
    log.test, log.attempt = "tests/e2e/test_a.py::test_b", 2
    log.event("viewer", "request", t=5.5, method="POST", url="http://127.0.0.1/ä", status=200)

    first, second = read(log.path)

    assert (first["who"], first["what"], first["text"], first["test"]) == ("host", "page", "Not live", None)
    assert first["attempt"] == 1
    assert second == {
        "t": 5.5,
        "who": "viewer",
        "what": "request",
        "test": "tests/e2e/test_a.py::test_b",
        "attempt": 2,
        "method": "POST",
        "url": "http://127.0.0.1/ä",
        "status": 200,
    }


def test_threads_do_not_tear_each_others_lines(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "events.jsonl")

    def write(name: int) -> None:
        for number in range(100):
            log.event(f"thread {name}", "console", text="x" * 300, number=number)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    seen = {(event["who"], event["number"]) for event in read(log.path)}
    assert seen == {(f"thread {name}", number) for name in range(8) for number in range(100)}


def test_processes_do_not_tear_each_others_lines(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    code = (
        "import sys; from harness.trace.events import RunLog\n"
        "log = RunLog(sys.argv[1])\n"
        "for number in range(200): log.event(sys.argv[2], 'console', text='x' * 500, number=number)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("a", "b")]
    assert [writer.wait(30) for writer in writers] == [0, 0]
    assert {(event["who"], event["number"]) for event in read(path)} == {
        (w, n) for w in "ab" for n in range(200)
    }


def test_a_line_torn_by_a_killed_process_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"t": 1, "who": "host", "what": "page"}\n{"t": 2, "who": "ho')
    log = RunLog(path)
    log.event("viewer", "page")
    assert [event["who"] for event in read(path)] == ["host", "viewer"]


def test_what_is_no_event_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('[1]\nnull\n{"t": 1}\n\n{"t": 1, "who": "host", "what": "page"}\n')
    assert [event["what"] for event in read(path)] == ["page"]


def test_no_log_has_no_events(tmp_path: Path) -> None:
    assert read(tmp_path / "events.jsonl") == []


def test_tail_leaves_a_half_written_line_for_the_next_look(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    tail = Tail(path)
    assert tail.fresh() == []
    line = json.dumps({"t": 1, "who": "host", "what": "page"})
    path.write_text(line + "\n" + line[:10])
    assert len(tail.fresh()) == 1
    assert tail.fresh() == []
    with path.open("a") as file:
        file.write(line[10:] + "\n")
    assert len(tail.fresh()) == 1


def test_secrets_are_masked_before_they_reach_the_file(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "events.jsonl", Redactor(["s3cr3t-value"]))
    log.event("token-server", "console", text="key=s3cr3t-value", nested={"list": ["s3cr3t-value"]})
    text = log.path.read_text()
    assert "s3cr3t-value" not in text
    assert text.count(MASK) == 2
    assert read(log.path)[0]["text"] == f"key={MASK}"


def test_what_json_does_not_know_is_written_as_text(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "events.jsonl")
    log.event("host", "page", path=tmp_path, lone="\ud800")
    assert read(log.path)[0]["path"] == str(tmp_path)


def test_a_log_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HarnessError, match=r"could not be written .*HARNESS_RUNS"):
        RunLog(tmp_path / "file" / "events.jsonl")
    log = RunLog(tmp_path / "events.jsonl")
    log.close()
    log.close()
    with pytest.raises(HarnessError, match="could not be written"):
        log.event("host", "page")
