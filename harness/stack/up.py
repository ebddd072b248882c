"""`harness up`: the reference system for a person, until Ctrl-C."""

from __future__ import annotations

import signal
import tempfile
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from harness.config import HarnessSettings
from harness.errors import UsageError
from harness.stack.alone import ended_by_person, print_rows, up_alone
from harness.stack.system import Stack
from harness.target import Supabase


def up(
    settings: HarnessSettings,
    only: str | None,
    port: int,
    pages_dist: Path | None = None,
    *,
    control: bool = False,
) -> None:
    """Run until Ctrl-C or SIGTERM; raises ServerError when a server dies, UsageError for an unknown one.

    `control` serves the control API of a local Stream that runs alone; the whole system always has it.
    """
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    if only is not None:
        up_alone(only, port, control=control)
    elif control:
        raise UsageError("--control is for `--only stream`: the whole system has its control API anyway.")
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
        with ended_by_person():
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
    print_rows(rows)
    click.echo("\nUse two browsers, or a private window for the viewer. Ctrl-C ends everything.")


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
