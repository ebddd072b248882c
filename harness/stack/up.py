"""`harness up`: the reference system, or one server of it, for a person; until Ctrl-C."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from harness.config import (
    HarnessSettings,
    LocalStreamSettings,
    LocalSupabaseSettings,
    ServerSettings,
    TokenServerSettings,
    load,
    own_environment,
)
from harness.errors import UsageError
from harness.stack.keys import make_keys
from harness.stack.process import ServerProcess
from harness.stack.system import MODULES, TOKEN_PATH, Stack
from harness.target import Supabase


@dataclass(frozen=True)
class Alone:
    """A server that can run by itself."""

    name: str
    settings: type[ServerSettings]


ALONE = {
    "token-server": Alone("token server", TokenServerSettings),
    "stream": Alone("local Stream", LocalStreamSettings),
    "supabase": Alone("local Supabase", LocalSupabaseSettings),
}


def up(settings: HarnessSettings, only: str | None, port: int, pages_dist: Path | None = None) -> None:
    """Run until Ctrl-C or SIGTERM; raises ServerError when a server dies, UsageError for an unknown one."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    if only is not None:
        _up_alone(only, port)
    elif pages_dist is None:
        raise UsageError("The whole system needs its built pages: give their folder.")
    else:
        _up_system(settings, port, pages_dist)


def _up_system(settings: HarnessSettings, port: int, pages_dist: Path) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="harness-up-") as run,
        Stack(Path(run), settings, pages_dist, pages_port=port) as stack,
    ):
        _print_demo(stack)
        with _ended_by_person():
            stack.died.wait()
        stack.check()


def _print_demo(stack: Stack) -> None:
    """Addresses and two sign-ins: a host with a party, and a viewer."""
    target = stack.target
    with closing(Supabase(target)) as supabase:
        host, viewer = supabase.create_user("Host"), supabase.create_user("Viewer")
        party = supabase.create_party(host, "Demo party")
    rows = {
        "Host page": f"{target.pages_url}/party/{party.id}/host",
        "   sign in": f"{host.email}  {host.password}",
        "Viewer page": f"{target.pages_url}/party/{party.id}",
        "   sign in ": f"{viewer.email}  {viewer.password}",
        "Token server": target.token_url,
        "Local Stream": f"{target.stream_base_url}  (what happened: {stack.stream_control_url}/journal)",
        "Local Supabase": target.needed("supabase_url"),
        "Logs": str(stack.logs),
    }
    _print_rows(rows)
    click.echo("\nUse two browsers, or a private window for the viewer. Ctrl-C ends everything.")


def _up_alone(only: str, port: int) -> None:
    if only not in ALONE:
        raise UsageError(f"There is no server {only!r} to run alone: choose one of {', '.join(ALONE)}.")
    alone = ALONE[only]
    server = ServerProcess(alone.name, MODULES[alone.name], None, port)
    died = threading.Event()
    try:
        environment, rows = _alone_environment(only, server.url)
        server.start(environment, lambda _: died.set())
        server.await_ready()
        _print_rows({alone.name[0].upper() + alone.name[1:]: server.url, **rows})
        click.echo("Ctrl-C ends it.")
        with _ended_by_person():
            died.wait()
        if died.is_set():
            raise server.death()
    finally:
        server.stop()


def _alone_environment(only: str, url: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the server is told, and what the person is: keys that were not given are made, and shown once."""
    if only == "token-server":
        load(TokenServerSettings)
        return own_environment(TokenServerSettings), {"Endpoint": url + TOKEN_PATH}
    keys = make_keys()
    made = {
        "stream": {"STREAM_API_KEY": keys.stream_api_key, "STREAM_API_SECRET": keys.stream_api_secret},
        "supabase": {
            "SUPABASE_ANON_KEY": keys.supabase_anon_key,
            "SUPABASE_SERVICE_ROLE_KEY": keys.supabase_service_role_key,
            "SUPABASE_JWT_SECRET": keys.supabase_jwt_secret,
        },
    }[only]
    given = own_environment(ALONE[only].settings)
    own = {"SUPABASE_URL": url} if only == "supabase" else {}
    return {"HARNESS_DATA_DIR": tempfile.gettempdir(), **made, **given, **own}, {
        name: value for name, value in made.items() if name not in given
    }


def _print_rows(rows: dict[str, str]) -> None:
    width = max(len(name) for name in rows)
    for name, value in rows.items():
        click.echo(f"{name:{width}}  {value}")


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def _ended_by_person() -> Iterator[None]:
    """Ctrl-C is how a person ends it: no error."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("\nStopping ...")
