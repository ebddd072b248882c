"""The two folders of a cluster: one for its data, and one with a short path for its socket."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ServerError
from harness.local_supabase.postgres.account import Account

LONGEST_SOCKET = 103  # bytes of a socket's address on macOS; Linux has 107


@dataclass(frozen=True)
class Folders:
    """`home` holds the data, `sockets` the socket; both are for the account alone, and random."""

    home: Path
    sockets: Path

    @property
    def data(self) -> Path:
        """The cluster itself; not made here."""
        return self.home / "data"

    def remove(self) -> None:
        """Remove both, with whatever is in them."""
        for folder in (self.home, self.sockets):
            shutil.rmtree(folder, ignore_errors=True)


def make(account: Account, data_dir: Path) -> Folders:
    """Make both; raises ServerError when `data_dir` cannot be written."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        home = Path(tempfile.mkdtemp(prefix="cluster-", dir=data_dir))
    except OSError as error:
        raise ServerError(
            f"PostgreSQL needs a folder that can be written, and {data_dir} cannot ({error.strerror}): "
            "name another in HARNESS_DATA_DIR."
        ) from None
    return Folders(account.own(home), account.own(_socket_folder()))


def _socket_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hpg-"))
    if len(bytes(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="hpg-", dir="/tmp"))
