"""The token server as a process of its own, beside the small upstreams of a running system."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx

from harness.config import child_environment
from harness.serving import LOOPBACK, bind
from harness.target import TokenEndpoint
from harness.token_server.app import PATH
from tests.contract.served import WITHIN
from tests.unit.token_server.system import System

MODULE = ["-m", "harness.token_server"]
# The same server, but it drops what it is asked as soon as it has to end.
IMPATIENT = [
    "-c",
    "from harness.serving import Limits, run; from harness.token_server import __main__ as it;"
    "run(it.TokenServerSettings, it.create_app, Limits(finish_within=0))",
]


@dataclass(frozen=True)
class OwnProcess:
    """Where it listens, and what became of it."""

    url: str
    process: subprocess.Popen[bytes]
    endpoint: TokenEndpoint

    def connection(self) -> socket.socket:
        """A connection of one's own, to send what no client would; raises OSError when it is refused."""
        address = urlsplit(self.url)
        assert address.port is not None
        return socket.create_connection((LOOPBACK, address.port), timeout=WITHIN)

    def await_closed_door(self) -> None:
        """Return once new connections are refused."""
        deadline = time.monotonic() + WITHIN
        while time.monotonic() < deadline:
            try:
                self.connection().close()
            except (ConnectionRefusedError, ConnectionResetError):
                return
        raise AssertionError(f"expected no new connections, but they were taken for {WITHIN:.0f} s")


@contextmanager
def own_process(system: System, command: list[str] = MODULE) -> Iterator[OwnProcess]:
    """It runs meanwhile; whoever ends it sooner may."""
    target = system.target
    with bind() as listener:
        settings = {
            "STREAM_API_KEY": target.needed("stream_api_key"),
            "STREAM_API_SECRET": target.needed("stream_api_secret"),
            "STREAM_BASE_URL": target.needed("stream_base_url"),
            "SUPABASE_URL": target.needed("supabase_url"),
            "SUPABASE_SERVICE_ROLE_KEY": target.needed("supabase_service_role_key"),
            "HARNESS_LISTEN_FD": str(listener.fileno()),
        }
        process = subprocess.Popen(
            [sys.executable, *command],
            env=child_environment(settings),
            pass_fds=[listener.fileno()],
            stdin=subprocess.PIPE,
        )
        url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    endpoint = TokenEndpoint(replace(target, token_url=url + PATH))
    try:
        httpx.get(f"{url}/healthz", timeout=60, trust_env=False).raise_for_status()
        yield OwnProcess(url, process, endpoint)
    finally:
        endpoint.close()
        with suppress(BrokenPipeError):
            process.communicate(timeout=WITHIN)
