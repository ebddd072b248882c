"""An app that is started for the run: what it is told, what of it is kept, and how its faults are told."""

from __future__ import annotations

import shlex
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest

from harness.browser.eventually import eventually
from harness.config import app_environment
from harness.errors import ServerError
from harness.serving import bind
from harness.stack import app_process
from harness.stack.app_process import AppProcess
from harness.trace.redactor import Redactor

SERVER = """
import http.server, json, os
print("told", json.dumps(dict(os.environ)), flush=True)
at = ("127.0.0.1", int(os.environ["PORT"]))
server = http.server.HTTPServer(at, http.server.SimpleHTTPRequestHandler)
server.serve_forever()
"""
ENDS = "import sys; print('No DATABASE_URL, and the key is hush-hush'); sys.exit(3)"
FOR_EVER = "import threading; threading.Event().wait()"
AT_ONCE = 0.0  # seconds; asked once
PATIENT = 20.0  # seconds for that one answer

Starts = Callable[..., AppProcess]


def free_port() -> int:
    with bind(0) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def starts(tmp_path: Path) -> Iterator[Starts]:
    """Starts a Python program as the app; it is ended after the test."""
    apps: list[AppProcess] = []

    def start(program: str, more: tuple[str, ...] = (), within: float = 30.0, port: int = 0) -> AppProcess:
        port = port or free_port()
        command = f"{shlex.quote(sys.executable)} -c {shlex.quote(program)}"
        url = f"http://127.0.0.1:{port}/api"
        apps.append(AppProcess(command, tmp_path, url, tmp_path / "app.log", Redactor(["hush-hush"])))
        apps[-1].start({"PORT": str(port), "STREAM_API_SECRET": "hush-hush"}, more, within=within)
        return apps[-1]

    yield start
    for app in apps:
        app.stop()


def test_it_gets_its_settings_the_machine_and_what_is_named(
    starts: Starts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "of-the-job")
    monkeypatch.setenv("SITE", "of-the-app")
    app = starts(SERVER, ("SITE", "NOT_SET"))
    eventually(lambda: None if "told" in app.printed.read_text() else "nothing was printed", within=20)
    told = app.printed.read_text()
    assert '"SITE": "of-the-app"' in told
    assert '"PATH"' in told
    assert "GITHUB_TOKEN" not in told
    assert "PYTHONPATH" not in told
    # A check may find the secret where the app printed it; who reads the run's folder may not.
    assert "hush-hush" in told
    eventually(lambda: None if "***" in (tmp_path / "app.log").read_text() else "nothing was kept", within=20)
    assert "hush-hush" not in (tmp_path / "app.log").read_text()
    app.stop()
    assert not app.printed.exists()


def test_an_app_that_ends_at_once_is_told_with_its_last_lines(starts: Starts) -> None:
    with pytest.raises(ServerError, match="ended with exit code 3: see its last lines") as told:
        starts(ENDS, ("NOT_SET",))
    assert "hush-hush" not in str(told.value)
    assert "(of those, not set: NOT_SET)" in str(told.value)
    assert "No DATABASE_URL, and the key is ***" in str(told.value)


def test_an_app_that_takes_the_connection_and_says_nothing_is_told(starts: Starts) -> None:
    with listening() as listener, pytest.raises(ServerError, match="takes the connection and says nothing"):
        starts(FOR_EVER, within=AT_ONCE, port=listener.getsockname()[1])


def test_an_app_that_speaks_no_http_is_told(starts: Starts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_process, "EVERY", PATIENT)
    with listening() as listener:
        speaking = Thread(target=_speak_otherwise, args=(listener,), daemon=True)
        speaking.start()
        with pytest.raises(ServerError, match="what came is no HTTP"):
            starts(FOR_EVER, within=AT_ONCE, port=listener.getsockname()[1])
        speaking.join(PATIENT)


def test_an_app_that_listens_elsewhere_is_told(starts: Starts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_process, "EVERY", PATIENT)
    with pytest.raises(ServerError, match="nothing listens there: let it listen on PORT"):
        starts(FOR_EVER, within=AT_ONCE)


def listening() -> socket.socket:
    """In the test's own process: how fast a Python starts is of no concern."""
    return socket.create_server(("127.0.0.1", 0))


def _speak_otherwise(listener: socket.socket) -> None:
    with listener.accept()[0] as one:
        one.sendall(b"SSH-2.0-x\r\n")
        one.recv(4096)


def test_an_app_that_ends_later_is_noticed(starts: Starts) -> None:
    app = starts(
        SERVER.replace("server.serve_forever()", "[server.handle_request() for _ in range(2)]; 1 / 0")
    )
    with httpx.Client(trust_env=False) as asking:
        url = app._root
        eventually(lambda: _why_alive(app, asking, url), within=20)
    with pytest.raises(ServerError, match=r"ended with exit code 1[\s\S]*ZeroDivisionError"):
        app.check()


def _why_alive(app: AppProcess, asking: httpx.Client, url: str) -> str | None:
    try:
        asking.get(url, timeout=20)
        app.check()
    except (ServerError, httpx.TransportError):
        return None if app._process is not None and app._process.poll() is not None else "it still runs"
    return "it still runs"


def test_settings_of_its_own_win_over_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    told = app_environment({"PORT": "2"}, ["PORT"])
    assert (told["PORT"], told["LC_ALL"]) == ("2", "C.UTF-8")
