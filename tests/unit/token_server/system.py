"""The token server between two small upstreams, all served for real: what the tests of this folder ask."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from starlette.types import ASGIApp

from harness.config import TokenServerSettings
from harness.target import Party, Person, StreamApi, Supabase, Target, TokenEndpoint
from harness.token_server.app import PATH, create_app
from tests.contract.served import served_together
from tests.unit.token_server.small_stream import SmallStream
from tests.unit.token_server.small_supabase import SmallSupabase

PAGES = "http://pages.example"
Factory = Callable[[TokenServerSettings], ASGIApp]


@dataclass(frozen=True)
class System:
    """One running system, its upstreams' insides and the target that describes it to the checks."""

    target: Target
    small_supabase: SmallSupabase
    small_stream: SmallStream
    endpoint: TokenEndpoint
    supabase: Supabase
    stream_api: StreamApi

    def new_person(self) -> Person:
        """Somebody who can sign in."""
        return self.supabase.create_user("Viewer")

    def new_party(self) -> Party:
        """A party with a host of its own."""
        return self.supabase.create_party(self.supabase.create_user("Host"), "A party")

    def session(self, person: Person) -> str:
        """A fresh access token."""
        return self.supabase.sign_in(person).access_token


@contextmanager
def running(
    log: Path,
    make_app: Factory = create_app,
    jwt_secret: str | None = None,
    origins: str = PAGES,
    rate_limit: int = 120,
) -> Iterator[System]:
    """The system with this token server; `log` receives what the server logs."""
    supabase, stream = SmallSupabase(), SmallStream()
    # All end at the same time: each takes a moment for it, and most tests of this folder run a system.
    with served_together() as serve, logged_to(log):
        supabase.url, stream_url = serve(supabase.app()), serve(stream.app())
        settings = TokenServerSettings(
            stream_api_key=stream.api_key,
            stream_api_secret=SecretStr(stream.api_secret),
            supabase_url=supabase.url,
            supabase_service_role_key=SecretStr(supabase.service_role_key),
            supabase_jwt_secret=SecretStr(jwt_secret) if jwt_secret else None,
            stream_base_url=stream_url,
            allowed_origins=origins.split(","),
            rate_limit=rate_limit,
        )
        target = Target(
            pages_url=PAGES,
            token_url=serve(make_app(settings)) + PATH,
            supabase_url=supabase.url,
            supabase_anon_key=supabase.anon_key,
            supabase_service_role_key=supabase.service_role_key,
            stream_api_key=stream.api_key,
            stream_api_secret=stream.api_secret,
            supabase_jwt_secret=jwt_secret,
            stream_base_url=stream_url,
            token_server_log=log,
        )
        asking = TokenEndpoint(target), Supabase(target), StreamApi(target)
        yield System(target, supabase, stream, *asking)
        for client in asking:
            client.close()


@contextmanager
def logged_to(log: Path) -> Iterator[None]:
    """Write the server's lines to `log`, as they go to standard error in a process of its own."""
    logger, handler = logging.getLogger("token_server"), logging.FileHandler(log)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield
    logger.removeHandler(handler)
    handler.close()
