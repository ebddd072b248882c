"""Another token server like the target's, as its command starts it: on a port that nobody else can take."""

from __future__ import annotations

import shlex
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from harness.errors import ServerError
from harness.serving import LOOPBACK
from harness.target import Target
from tests.contract.own_server import end, own_server, started
from tests.contract.served import WITHIN

# A server that answers 204 to OPTIONS; `{share}`: whether it shares addresses, as most servers do.
SERVER = """
import http.server, os
class Answers(http.server.BaseHTTPRequestHandler):
    def do_OPTIONS(self):
        self.send_response(204)
        self.end_headers()
class Server(http.server.HTTPServer):
    allow_reuse_address = {share}
Server(({address!r}, int(os.environ["PORT"])), Answers).serve_forever()
"""
WAITS = "import time; time.sleep(600)"


def started_by(program: str) -> Target:
    """A target whose token servers are this Python program."""
    return Target(
        token_url="http://127.0.0.1:9/token",
        token_server_command=f"{shlex.quote(sys.executable)} -c {shlex.quote(program)}",
    )


def taken(port: int | None) -> bool:
    """Whether somebody else fails to get the port."""
    with socket.socket() as other:
        try:
            other.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def test_port_is_kept_for_the_server_until_it_ends(tmp_path: Path) -> None:
    process, url = started(started_by(WAITS), {}, tmp_path / "log")
    try:
        assert taken(urlsplit(url).port)
    finally:
        end(process)


@pytest.mark.parametrize("address", [LOOPBACK, "0.0.0.0"])
@pytest.mark.parametrize("share", [True, False], ids=["shares", "shares not"])
def test_server_listens_there(tmp_path: Path, share: bool, address: str) -> None:
    program = SERVER.format(share=share, address=address)
    with own_server(started_by(program), {}, tmp_path / "log") as own:
        assert httpx.options(own.token_url, timeout=WITHIN, trust_env=False).status_code == 204


def test_server_that_finds_each_port_in_use_is_told(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    program = f"open({str(starts)!r}, 'a').write('x'); raise SystemExit('Error: listen EADDRINUSE')"
    with (
        pytest.raises(ServerError, match=r"start a token server on PORT, but it ended .*EADDRINUSE"),
        own_server(started_by(program), {}, tmp_path / "log"),
    ):
        pass
    assert starts.read_text() == "xx"


def test_server_that_ends_for_another_reason_is_started_once(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    program = f"open({str(starts)!r}, 'a').write('x'); raise SystemExit('no such key')"
    with (
        pytest.raises(ServerError, match="no such key"),
        own_server(started_by(program), {}, tmp_path / "log"),
    ):
        pass
    assert starts.read_text() == "x"
