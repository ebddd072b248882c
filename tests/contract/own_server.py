"""Another token server like the target's, started by its command, with settings of our own."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from harness.browser.eventually import eventually
from harness.config import server_environment
from harness.errors import Finding, ServerError
from harness.serving import LOOPBACK
from harness.target import Answer, Target, TokenEndpoint
from harness.target.stream_api import VENDOR

STARTS_WITHIN, ENDS_WITHIN = 30.0, 15.0  # seconds
# How Node, Python, Go, Deno and the like say that a port is somebody else's.
IN_USE = re.compile(r"EADDRINUSE|addr(?:ess)? (?:is )?(?:already )?in use", re.IGNORECASE)
ANSWERS_WITHIN = 12.0  # seconds: hosts of functions allow about 10


def settings_of(target: Target, origin: str) -> dict[str, str]:
    """The variables that a token server like the target's is told; raises NotGiven for what we lack."""
    told = {
        "STREAM_API_KEY": target.needed("stream_api_key"),
        "STREAM_API_SECRET": target.needed("stream_api_secret"),
        "STREAM_BASE_URL": target.stream_base_url or VENDOR,
        "SUPABASE_URL": target.needed("supabase_url"),
        "SUPABASE_SERVICE_ROLE_KEY": target.needed("supabase_service_role_key"),
        "ALLOWED_ORIGINS": origin,
    }
    optional = {
        "SUPABASE_ANON_KEY": target.supabase_anon_key,
        "SUPABASE_JWT_SECRET": target.supabase_jwt_secret,
    }
    return told | {name: value for name, value in optional.items() if value}


def started(
    target: Target, settings: Mapping[str, str], log: Path, *, kept: bool = True
) -> tuple[subprocess.Popen[bytes], str]:
    """The process, and the address of its endpoint once it is up: the path is that of the target's.

    `kept`: nobody else gets its port meanwhile; only a server that shares addresses can listen on it.
    """
    command = target.needed("token_server_command")
    try:
        with free_port() as keeper, log.open("wb") as output:
            port = keeper.getsockname()[1]
            process = subprocess.Popen(
                [*_ends_with_us(), *shlex.split(command)],
                cwd=target.folder,
                env=server_environment({**settings, "PORT": str(port)}),
                # It inherits the socket and does not know of it: so the port is kept for as long as it runs.
                pass_fds=[keeper.fileno()] if kept else [],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a shell or npm around it shall end with it
            )
    except (OSError, ValueError, IndexError) as error:
        raise ServerError(
            "HARNESS_TOKEN_SERVER_COMMAND was expected to start a token server, but could not be run "
            f"({error}): mend it."
        ) from None
    return process, f"http://{LOOPBACK}:{port}{urlsplit(target.token_url).path}"


def free_port() -> socket.socket:
    """A socket on a port that was free. Who shares addresses, as servers do, may still listen there."""
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind((LOOPBACK, 0))
    return keeper


def _ends_with_us() -> list[str]:
    """What makes the server end even when we are killed: the kernel's own word for it, where there is one."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


@contextmanager
def own_server(target: Target, settings: Mapping[str, str], log: Path) -> Iterator[Target]:
    """The target as it is with this token server in place of its own."""
    process, url = started(target, settings, log)
    try:
        reason = why_not_up(process, url)
        if reason is not None and IN_USE.search(log.read_text(errors="replace")):
            # It is one that shares no address: then its port can only be free, and may be lost to another.
            end(process)
            process, url = started(target, settings, log, kept=False)
            reason = why_not_up(process, url)
        if reason is not None:
            last = log.read_text(errors="replace").strip().splitlines()[-3:]
            raise ServerError(
                f"HARNESS_TOKEN_SERVER_COMMAND was expected to start a token server on PORT, but {reason}. "
                + " ".join(last)
            )
        yield replace(target, token_url=url, token_server_log=log)
    finally:
        end(process)


def why_not_up(process: subprocess.Popen[bytes], url: str) -> str | None:
    """None as soon as it answers; else why it does not: it ended, or STARTS_WITHIN is over."""

    def why_not_yet() -> str | None:
        if process.poll() is not None:
            return f"it ended with exit code {process.returncode}"
        try:
            httpx.options(url, timeout=STARTS_WITHIN, trust_env=False)
        except httpx.TransportError as error:
            return f"it does not answer ({type(error).__name__})"
        return None

    try:
        eventually(lambda: None if process.poll() is not None else why_not_yet(), within=STARTS_WITHIN)
        return why_not_yet()
    except Finding as silent:
        return str(silent)


def answer_of(endpoint: TokenEndpoint, session: str, body: Mapping[str, object], origin: str) -> Answer:
    """What it answers while something fails; Finding when that takes longer than anybody waits."""
    try:
        return endpoint.ask(session, body, origin=origin)
    except ServerError as silent:
        raise Finding(f"expected an answer within {ANSWERS_WITHIN:g} s all the same: {silent}") from None


def end(process: subprocess.Popen[bytes]) -> None:
    """As its host would end it; by force when it does not follow."""
    for way in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, way)
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDS_WITHIN)
