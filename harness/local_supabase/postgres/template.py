"""An empty cluster, made by initdb; kept as a template, because making one takes half a second."""

from __future__ import annotations

import hashlib
import logging
import shutil
import subprocess
import tempfile
from pathlib import Path

from harness.errors import ServerError
from harness.local_supabase.postgres.installation import Installation

log = logging.getLogger("local_supabase.postgres")

SUPERUSER = "postgres"
# Connections are trusted because the socket lies in a folder that only the account (and root) may enter.
OPTIONS = ("--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--wal-segsize=1", "--no-sync")
LOCALES = ("C.UTF-8", "C")


def make_cluster(installation: Installation, folder: Path, templates: Path | None) -> None:
    """Make `folder` an empty cluster: a copy of the template, when there is a place for one.

    Raises ServerError with initdb's own words.
    """
    template = templates / _name(installation) if templates is not None else None
    if template is None or not _is_there(installation, template):
        _initdb(installation, folder)
        return
    # -p keeps the owner: PostgreSQL refuses data of another.
    _run(["cp", "-Rp", str(template), str(folder)], "copied from its template")


def _is_there(installation: Installation, template: Path) -> bool:
    """Make the template if it is not there; False when there can be none, which only costs time."""
    if template.is_dir():
        return True
    try:
        _make_template(installation, template)
    except OSError as error:
        log.warning(
            "no template in %s (%s): each start makes a cluster anew", template.parent, error.strerror
        )
        return False
    return True


def _name(installation: Installation) -> str:
    recipe = hashlib.sha256(repr((OPTIONS, LOCALES)).encode()).hexdigest()[:8]
    return f"postgresql-{installation.version}-uid{installation.account.uid}-{recipe}"


def _make_template(installation: Installation, template: Path) -> None:
    """Made aside and moved into place whole: neither an interrupted nor a simultaneous start leaves half."""
    template.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=template.parent) as aside:
        installation.account.own(Path(aside))
        made = Path(aside) / "cluster"
        _initdb(installation, made)
        try:
            made.rename(template)
        except OSError:
            if not template.is_dir():
                raise


def _initdb(installation: Installation, folder: Path) -> None:
    installation.account.make_folder(folder)
    for locale in LOCALES:
        command = installation.command("initdb", *OPTIONS, f"--locale={locale}", f"--pgdata={folder}")
        try:
            _run(command, "made")
            return
        except ServerError:
            # Not every system knows C.UTF-8; initdb has emptied the folder again.
            if locale == LOCALES[-1]:
                shutil.rmtree(folder, ignore_errors=True)
                raise


def _run(command: list[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise ServerError(
            f"A PostgreSQL cluster could not be {what} ({' / '.join(words)}): mend that or set DATABASE_URL."
        )
