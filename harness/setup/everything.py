"""Make ready what a command needs, in order; what is there already costs a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.config import HarnessSettings
from harness.setup import browser, pages, postgres
from harness.setup.commands import BROWSER, PAGES, POSTGRES
from harness.setup.progress import Progress


@dataclass(frozen=True)
class Ready:
    """Where things are; None for what was not asked for."""

    browser: Path | None
    pages: Path | None


def make_ready(
    settings: HarnessSettings, needs: Sequence[str], look_for_postgres: postgres.FindPostgres
) -> Ready:
    """Find or make what `needs` names (see `harness.setup.commands`); raises SetUpError."""
    progress = Progress(needs)
    found = browser.ensure(settings, progress) if BROWSER in needs else None
    built = pages.ensure(settings, progress) if PAGES in needs else None
    if POSTGRES in needs:
        postgres.find(settings, look_for_postgres)
    return Ready(found, built)
