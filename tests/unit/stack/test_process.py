"""A server as a process: ready when it says so, noticed when it dies, gone when its parent is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from harness.browser.eventually import eventually
from harness.config import child_environment
from harness.errors import ServerError
from harness.serving import LOOPBACK, bind
from harness.stack.process import ServerProcess

PARENT = """
import sys
from harness.stack.process import ServerProcess
server = ServerProcess("pages", "harness.page_server", None)
server.start(dict(pair.split("=", 1) for pair in sys.argv[1:]), lambda _: None)
server.await_ready()
print(server.url, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """What the pages' server needs: the smallest server that there is."""
    (tmp_path / "index.html").write_text("<title>A page</title>")
    return {
        "HARNESS_PAGES_DIST": str(tmp_path),
        "SUPABASE_URL": "http://127.0.0.1:1",
        "SUPABASE_ANON_KEY": "a public key",
        "TOKEN_URL": "http://127.0.0.1:1",
    }


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess("pages", "harness.page_server", tmp_path / "pages.log")
    yield process
    process.stop()


def test_it_answers_once_it_is_ready_and_not_after_it_stopped(
    server: ServerProcess, settings: dict[str, str]
) -> None:
    server.start(settings, lambda _: pytest.fail("it was stopped, it did not die"))
    server.await_ready()
    assert "A page" in httpx.get(server.url).text
    server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_one_that_dies_while_starting_says_why(server: ServerProcess, settings: dict[str, str]) -> None:
    del settings["TOKEN_URL"]
    server.start(settings, lambda _: None)
    with pytest.raises(ServerError) as told:
        server.await_ready()
    assert str(told.value) == (
        "The pages could not run. Settings are missing or wrong: TOKEN_URL is not set."
    )


def test_one_that_is_killed_is_noticed(server: ServerProcess, settings: dict[str, str]) -> None:
    died = threading.Event()
    server.start(settings, lambda _: died.set())
    server.await_ready()
    os.kill(server.pid, signal.SIGKILL)
    assert died.wait(10), "the death of the server was not noticed"
    assert "exit code -9" in str(server.death())


def test_it_ends_with_a_parent_that_is_killed(settings: dict[str, str]) -> None:
    pairs = [f"{name}={value}" for name, value in settings.items()]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *pairs],
        env=child_environment({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        assert httpx.get(f"{url}/healthz").json() == {"ok": True}
        parent.kill()

    def why_not_yet() -> str | None:
        with socket.socket() as client:
            refused = client.connect_ex((LOOPBACK, int(url.rpartition(":")[2])))
        return None if refused else "the server outlived its parent"

    eventually(why_not_yet, within=30)


def test_a_port_that_is_taken_is_told() -> None:
    with bind() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"Port {port} .* could not be taken .*--port"):
            bind(port)


def test_no_other_servers_secret_is_handed_on(
    server: ServerProcess, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAM_API_SECRET", "somebody else's secret")
    server.start(settings, lambda _: None)
    server.await_ready()
    inherited = Path(f"/proc/{server.pid}/environ").read_bytes()
    assert b"TOKEN_URL" in inherited
    assert b"somebody else's secret" not in inherited


def test_a_machine_without_ipv4_loopback_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    # An address that is no machine's own gives the same error as one that this machine lacks.
    monkeypatch.setattr("harness.serving.LOOPBACK", "192.0.2.1")
    with pytest.raises(ServerError, match=r"has no 192\.0\.2\.1, .*ip addr add"):
        bind()
