"""What was found on this machine, in which version, and the one command that mends what is missing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import distributions
from pathlib import Path

import psycopg

from harness.config import HarnessSettings
from harness.errors import SetUpError
from harness.setup import browser, npm, pages, postgres
from harness.setup.commands import BROWSER, CHECKOUT, PACKAGES, PAGES, POSTGRES, in_checkout, program

CONNECT_WITHIN = 5  # seconds


@dataclass(frozen=True)
class Row:
    """One thing that is needed: found with `version` at `place`, or missing with the way to `mend` it."""

    name: str
    found: bool
    version: str = ""
    place: str = ""
    mend: str = ""


def examine(settings: HarnessSettings, look_for_postgres: postgres.FindPostgres) -> list[Row]:
    """Look at everything that a run needs; changes nothing but a memory of browsers' versions."""
    look: dict[str, Callable[[HarnessSettings], Row]] = {
        "Python": _python,
        PACKAGES: _packages,
        BROWSER: _browser,
        "Node": _node,
        PAGES: _pages,
        POSTGRES: partial(_postgres, look_for_postgres),
        "Cache": _cache,
    }
    rows = []
    for name, examine_one in look.items():
        try:
            rows.append(examine_one(settings))
        except SetUpError as error:
            rows.append(Row(name, False, mend=str(error)))
    return rows


def report(rows: list[Row]) -> str:
    """The rows as a table, and a last line that says whether anything is missing."""
    lines = []
    for row in rows:
        if row.found:
            lines.append(f"found    {row.name:16} {row.version:14} {row.place}".rstrip())
        else:
            lines.append(f"missing  {row.name:16} {row.mend}")
    missing = sum(not row.found for row in rows)
    verdict = f"{missing} missing: see what mends it above." if missing else "Everything is there."
    return "\n".join([*lines, "", verdict])


def _mend() -> str:
    return f"mend with: {program()} doctor --mend"


def _python(_: HarnessSettings) -> Row:
    return Row("Python", True, sys.version.split()[0], sys.executable)


def _packages(_: HarnessSettings) -> Row:
    # In a checkout `.venv` was compared with requirements.lock before this process began.
    place = CHECKOUT / ".venv" if in_checkout() else Path(sys.prefix)
    return Row(PACKAGES, True, f"{len(list(distributions()))} installed", str(place))


def _browser(settings: HarnessSettings) -> Row:
    found = browser.find(settings)
    if found is None:
        return Row(BROWSER, False, mend=_mend())
    return Row(BROWSER, True, _number_in(browser.version(found)), str(found))


def _node(_: HarnessSettings) -> Row:
    return Row("Node", True, pages.node_version().lstrip("v"), str(npm.NODE))


def _pages(settings: HarnessSettings) -> Row:
    built = pages.built(settings)
    if built is None:
        return Row(PAGES, False, mend=f"not built from these sources; {_mend()}")
    return Row(PAGES, True, f"build {built.parent.name[:8]}", str(built))


def _postgres(look: postgres.FindPostgres, settings: HarnessSettings) -> Row:
    found = postgres.find(settings, look)
    if settings.database_url is not None:
        return _given_postgres(settings.database_url.get_secret_value())
    if found is None:
        return Row(POSTGRES, False, mend=_mend())
    return Row(POSTGRES, True, found.version, str(found.folder))


def _given_postgres(database_url: str) -> Row:
    try:
        with psycopg.connect(database_url, connect_timeout=CONNECT_WITHIN) as connection:
            version = connection.info.parameter_status("server_version") or ""
    except psycopg.Error as error:
        # Not its text: what is wrong in an address may be a password that was not encoded.
        mend = f"the one in DATABASE_URL cannot be used ({type(error).__name__}): mend or unset DATABASE_URL"
        return Row(POSTGRES, False, mend=mend)
    return Row(POSTGRES, True, version.split()[0], "the one in DATABASE_URL")


def _cache(settings: HarnessSettings) -> Row:
    there = next(folder for folder in (settings.cache, *settings.cache.parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        return Row("Cache", False, mend=f"{there} cannot be written: name another folder in HARNESS_CACHE")
    return Row("Cache", True, place=str(settings.cache))


def _number_in(said: str) -> str:
    """The version number in a sentence like `Chromium 156.0.8078.79 built on Debian`."""
    return next((word for word in said.split() if word[0].isdigit() and "." in word), said)
