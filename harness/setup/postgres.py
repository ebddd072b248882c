"""PostgreSQL: asked for before anything starts, so that a machine without one hears it at once.

Where it is, only the local Supabase knows, which starts it; set-up lies below it and is handed its way to it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from harness.config import HarnessSettings


class Installation(Protocol):
    """PostgreSQL's programs in `folder`, of `version`, like `15.18`."""

    @property
    def folder(self) -> Path: ...

    @property
    def version(self) -> str: ...


# Raises SetUpError when there is none that can be run.
FindPostgres = Callable[[], Installation]


def find(settings: HarnessSettings, look: FindPostgres) -> Installation | None:
    """The one to start, or None when DATABASE_URL names one that runs; raises SetUpError."""
    return None if settings.database_url is not None else look()
