"""A local Stream as a process of its own, and the ways in which the tests ask it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import jwt
from getstream import Stream

from harness.config import child_environment
from harness.serving import LOOPBACK, bind

T = TypeVar("T")
API_KEY = "local-key"
API_SECRET = "the secret of the tests, long enough for HS256"
# Seconds that an answer or an event may take: never a measure, for machines are slow at times.
PATIENCE = 30.0
COMMAND = [sys.executable, "-m", "harness.local_stream"]


@dataclass(frozen=True)
class LocalStream:
    """Where it listens, and clients for each door."""

    base_url: str
    server: Stream
    http: httpx.Client

    def new_user(self, role: str = "user") -> str:
        """The id of a fresh user."""
        user_id = f"user-{uuid.uuid4()}"
        self.as_server("POST", "/api/v2/users", {"users": {user_id: {"id": user_id, "role": role}}})
        return user_id

    def new_call(self, host: str, **data: object) -> str:
        """The id of a fresh livestream that `host` owns."""
        call_id = str(uuid.uuid4())
        body = {"data": {"created_by_id": host, **data}}
        assert self.as_server("POST", f"/api/v2/video/call/livestream/{call_id}", body).status_code == 201
        return call_id

    def as_server(self, method: str, path: str, body: object = None, **query: str) -> httpx.Response:
        """Ask with a server token."""
        return self.ask(method, path, body, token({"server": True}), **query)

    def as_user(
        self, user_id: str, method: str, path: str, body: object = None, **query: str
    ) -> httpx.Response:
        """Ask with the user's own token, as the JS client does."""
        return self.ask(method, path, body, token({"user_id": user_id}), user_id=user_id, **query)

    def ask(
        self, method: str, path: str, body: object = None, authorization: str | None = None, **query: str
    ) -> httpx.Response:
        """Ask with any token or none; `api_key` may be overridden or, when empty, left out."""
        parameters = {name: value for name, value in ({"api_key": API_KEY} | query).items() if value}
        headers = {"stream-auth-type": "jwt"} | ({"Authorization": authorization} if authorization else {})
        return self.http.request(method, path, params=parameters, json=body, headers=headers)

    def journal(self, **filters: str | int) -> list[dict[str, Any]]:
        """Entries of the journal."""
        answer = self.http.get("/_control/journal", params=filters)
        return list(answer.json()["entries"])


def token(claims: dict[str, Any], secret: str = API_SECRET) -> str:
    """A token with these claims."""
    return jwt.encode(claims, secret, algorithm="HS256")


def signed(claims: dict[str, Any]) -> dict[str, str]:
    """The headers of who holds a token with these claims."""
    return {"Authorization": token(claims), "stream-auth-type": "jwt"}


@contextmanager
def running(
    *, control: bool = True, command: Sequence[str] = COMMAND, told: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of a local Stream that runs meanwhile, by `command`, with the settings it is `told`."""
    listener = bind()
    fd = listener.fileno()
    settings = {
        "STREAM_API_KEY": API_KEY,
        "STREAM_API_SECRET": API_SECRET,
        "HARNESS_STREAM_CONTROL": str(int(control)),
        "HARNESS_LISTEN_FD": str(fd),
        **(told or {}),
    }
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=child_environment(settings), pass_fds=[fd])
    base_url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    listener.close()
    try:
        httpx.get(f"{base_url}/healthz", timeout=PATIENCE).raise_for_status()
        yield base_url
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=PATIENCE)


def eventually(holds: Callable[[], T], within: float = PATIENCE) -> T:
    """The first true value of `holds`, asked again and again; fails after `within` seconds."""
    deadline, pause = time.monotonic() + within, threading.Event()
    while not (value := holds()):
        assert time.monotonic() < deadline, f"not true within {within} s: {holds}"
        pause.wait(0.01)  # who asks without a pause takes the time of whom it waits for
    return value
