"""A local Supabase as the tests see it: a process of its own, asked over HTTP with a project's keys."""

from __future__ import annotations

import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg

from harness.config import child_environment
from harness.serving import bind
from tests.unit.local_supabase.processes import guard_and_postgres

START_WITHIN = 30.0


@dataclass(frozen=True)
class User:
    """Someone who can sign in."""

    id: str
    email: str
    password: str


@dataclass
class Project:
    """A running local Supabase; `answer` asks it as a client library would."""

    process: subprocess.Popen[bytes]
    url: str
    secret: str
    data_dir: Path
    log: Path
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=START_WITHIN, trust_env=False)
        self.anon_key = self.api_key("anon")
        self.service_role_key = self.api_key("service_role")

    def api_key(self, role: str) -> str:
        """A legacy API key: the same each time, as the project was started with it."""
        return api_key(self.secret, role)

    def answer(self, method: str, path: str, token: str | None = None, **request: Any) -> httpx.Response:  # noqa: ANN401
        """Ask with the anon key, or with the service_role key when that is the token."""
        key = self.service_role_key if token == self.service_role_key else self.anon_key
        headers = {"apikey": key, "Authorization": f"Bearer {token or key}", **request.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **request)

    def rest(self, method: str, path: str, token: str | None = None, **request: Any) -> httpx.Response:  # noqa: ANN401
        """Ask for a table."""
        return self.answer(method, f"/rest/v1/{path}", token, **request)

    def auth(self, method: str, path: str, token: str | None = None, **request: Any) -> httpx.Response:  # noqa: ANN401
        """Ask for a session or a user."""
        return self.answer(method, f"/auth/v1/{path}", token, **request)

    def make_user(self, **metadata: str) -> User:
        """A confirmed user."""
        email, password = f"{uuid.uuid4().hex}@example.com", secrets.token_urlsafe(12)
        wanted = {"email": email, "password": password, "email_confirm": True, "user_metadata": metadata}
        made = self.auth("POST", "admin/users", self.service_role_key, json=wanted)
        assert made.status_code == 200, made.text
        return User(made.json()["id"], email, password)

    def sign_in(self, user: User) -> dict[str, Any]:
        """A session of the user."""
        wanted = {"email": user.email, "password": user.password}
        answer = self.auth("POST", "token", params={"grant_type": "password"}, json=wanted)
        assert answer.status_code == 200, answer.text
        session: dict[str, Any] = answer.json()
        return session

    def token_of(self, user: User) -> str:
        """An access token of the user."""
        return str(self.sign_in(user)["access_token"])

    def make_party(self, host: User, **columns: Any) -> dict[str, Any]:  # noqa: ANN401
        """A party of `host`, made past the policies."""
        headers = {"Prefer": "return=representation", "Accept": "application/vnd.pgrst.object+json"}
        row = {"host_id": host.id, "title": "First listen", **columns}
        made = self.rest("POST", "parties", self.service_role_key, json=row, headers=headers)
        assert made.status_code == 201, made.text
        party: dict[str, Any] = made.json()
        return party

    def party(self, party_id: str) -> dict[str, Any]:
        """The row as it is now."""
        rows = self.rest("GET", "parties", self.service_role_key, params={"id": f"eq.{party_id}"}).json()
        assert len(rows) == 1, rows
        row: dict[str, Any] = rows[0]
        return row

    def database(self) -> psycopg.Connection[Any]:
        """A connection to its own PostgreSQL as superuser: for what time alone would bring about."""
        guard, _ = guard_and_postgres(self.process.pid)
        return psycopg.connect(host=guard.arguments[5], user="postgres", dbname="postgres")

    def stop(self) -> None:
        """As the stack stops its servers: by closing their standard input."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(START_WITHIN)


def api_key(secret: str, role: str) -> str:
    """An API key as a hosted project has it."""
    return jwt.encode({"iss": "supabase", "role": role, "iat": 1_700_000_000, "exp": 4_000_000_000}, secret)


@contextmanager
def launched(folder: Path, **environment: str) -> Iterator[Project]:
    """Start a process, ready or not; end it if it has not ended. `environment` comes on top of the usual."""
    folder.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_hex(32)
    data_dir, log = folder / "data", folder / "log"
    with bind() as listener, log.open("wb") as stderr:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        variables = {
            "HARNESS_LISTEN_FD": str(listener.fileno()),
            "SUPABASE_URL": url,
            "SUPABASE_ANON_KEY": api_key(secret, "anon"),
            "SUPABASE_SERVICE_ROLE_KEY": api_key(secret, "service_role"),
            "SUPABASE_JWT_SECRET": secret,
            "HARNESS_DATA_DIR": str(data_dir),
        }
        variables = {"DATABASE_URL": "", **variables, **environment}
        process = subprocess.Popen(
            [sys.executable, "-m", "harness.local_supabase"],
            env={name: value for name, value in child_environment(variables).items() if value},
            stdin=subprocess.PIPE,
            stderr=stderr,
            pass_fds=[listener.fileno()],
        )
    project = Project(process, url, secret, data_dir, log)
    try:
        yield project
    finally:
        project.http.close()
        if process.poll() is None:
            project.stop()


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[Project]:
    """A local Supabase that is ready."""
    with launched(folder, **environment) as project:
        # Connections wait in the backlog until the server is ready: one request is enough.
        ready = project.http.get("/healthz")
        assert (ready.status_code, ready.json()) == (200, {"ok": True}), project.log.read_text()
        yield project
