"""`harness up --only SERVER`: one server of the system for a person, until Ctrl-C."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from harness.config import (
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
from harness.stack.servers import MODULES
from harness.stack.system import TOKEN_PATH

# The JS SDK takes this port for another address of the vendor's own developers.
PORT_OF_THE_JS_SDK = 3030


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


def up_alone(only: str, port: int, *, control: bool) -> None:
    """Run server `only` until Ctrl-C; raises ServerError when it dies, UsageError for what makes no sense."""
    if only not in ALONE:
        raise UsageError(f"There is no server {only!r} to run alone: choose one of {', '.join(ALONE)}.")
    if control and only != "stream":
        raise UsageError(f"--control is for `--only stream`: the {ALONE[only].name} has no control API.")
    if only == "stream" and port == PORT_OF_THE_JS_SDK:
        raise UsageError(f"Stream's JS SDK never asks port {port}: choose another with --port.")
    _run(ALONE[only], only, port, control=control)


def _run(alone: Alone, only: str, port: int, *, control: bool) -> None:
    server = ServerProcess(alone.name, MODULES[alone.name], None, port)
    died = threading.Event()
    try:
        environment, rows = _environment(only, server.url)
        if control:
            environment["HARNESS_STREAM_CONTROL"] = "1"
        server.start(environment, lambda _: died.set())
        server.await_ready()
        if only == "stream":
            rows |= _pointers(server.url, control=environment.get("HARNESS_STREAM_CONTROL") == "1")
        print_rows({alone.name[0].upper() + alone.name[1:]: server.url, **rows})
        click.echo("Ctrl-C ends it.")
        with ended_by_person():
            died.wait()
        if died.is_set():
            raise server.death()
    finally:
        server.stop()


def _environment(only: str, url: str) -> tuple[dict[str, str], dict[str, str]]:
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
        name: "as you set it" if name in given else value for name, value in made.items()
    }


def _pointers(url: str, *, control: bool) -> dict[str, str]:
    """How each SDK is told of the local Stream."""
    return {
        "Control API": f"{url}/_control" if control else "off: --control serves it",
        "Python": f'Stream(api_key=..., api_secret=..., base_url="{url}")',
        "Node": f'new StreamClient(key, secret, {{ basePath: "{url}" }})',
        "Go": f'getstream.NewClient(key, secret, getstream.WithBaseUrl("{url}"))',
        "Browser": f'options: {{ baseURL: "{url}/video", locationHintUrl: "{url}/hint" }}',
        "Unmodified app": "route its browser here: see docs/local-stream.md",
    }


def print_rows(rows: dict[str, str]) -> None:
    """Names and values, below each other."""
    width = max(len(name) for name in rows)
    for name, value in rows.items():
        click.echo(f"{name:{width}}  {value}")


@contextmanager
def ended_by_person() -> Iterator[None]:
    """Ctrl-C is how a person ends it: no error."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("\nStopping ...")
