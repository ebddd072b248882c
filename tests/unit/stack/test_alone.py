"""`harness up --only stream`: says where it is, serves the vendor's SDK, ends with Ctrl-C, refuses kindly."""

from __future__ import annotations

import os
import signal
import subprocess

import httpx
import pytest
from getstream import Stream
from getstream.exceptions import StreamApiException

from harness.serving import bind
from tests.unit.stack.up_alone import COMMAND, up


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STREAM_API_KEY", "STREAM_API_SECRET", "HARNESS_STREAM_CONTROL"):
        monkeypatch.delenv(name, raising=False)


def test_the_sdk_works_with_what_is_printed_and_ctrl_c_is_no_error() -> None:
    with up() as running:
        key, secret = running.rows["STREAM_API_KEY"], running.rows["STREAM_API_SECRET"]
        assert Stream(key, secret, base_url=running.url).get_app().data.app.name
        with pytest.raises(StreamApiException):
            Stream(key, "another secret, long enough for HS256", base_url=running.url).get_app()
        assert httpx.get(f"{running.url}/_control/journal").status_code == 501
        for pointer in ("Python", "Node", "Go", "Browser"):
            assert running.url in running.rows[pointer]
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 0


def test_keys_are_fresh_each_time_and_the_control_api_is_asked_for() -> None:
    with up("--control") as first, up("--control") as second:
        assert httpx.get(f"{first.rows['Control API']}/journal").json() == {"entries": []}
        assert first.rows["STREAM_API_SECRET"] != second.rows["STREAM_API_SECRET"]


def test_a_secret_of_ones_own_is_taken_and_not_shown() -> None:
    secret = "a secret of one's own, long enough for HS256"
    with up(STREAM_API_KEY="mine", STREAM_API_SECRET=secret) as running:
        assert secret not in str(running.rows)
        assert Stream("mine", secret, base_url=running.url).get_app().data.app.name


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["pages"], "There is no server 'pages' to run alone: choose one of token-server, stream, supabase."),
        (
            ["supabase", "--control"],
            "--control is for `--only stream`: the local Supabase has no control API.",
        ),
        (["stream", "--port", "3030"], "Stream's JS SDK never asks port 3030: choose another with --port."),
    ],
)
def test_what_makes_no_sense_is_one_sentence(arguments: list[str], sentence: str) -> None:
    assert refused(*arguments) == sentence + "\n"


def test_a_port_in_use_is_one_sentence() -> None:
    with bind() as taken:
        port = taken.getsockname()[1]
        assert refused("stream", "--port", str(port)) == (
            f"Port {port} on 127.0.0.1 could not be taken (Address already in use): "
            "end the program that uses it or choose another with --port.\n"
        )


def refused(*arguments: str) -> str:
    """What the command says, which must end with 2."""
    ended = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=60, env=os.environ, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    return ended.stderr
