"""The account that PostgreSQL runs as: it refuses root.

Started by root (as in most containers), it runs as `nobody`. Its programs and its data may lie in a home
folder that only root may enter, so it keeps one privilege, CAP_DAC_OVERRIDE, as an ambient capability. The
`no_setuid_fixup` bit is what makes access(2), by which PostgreSQL looks for its own programs, honour that
capability for a user that is not root.
"""

from __future__ import annotations

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.errors import SetUpError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """Who runs PostgreSQL: `prefix` goes before each of its commands, `uid` and `gid` own its files."""

    prefix: tuple[str, ...]
    uid: int
    gid: int

    def make_folder(self, folder: Path) -> Path:
        """Make `folder`, for this account alone, and its parents."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        return self.own(folder)

    def own(self, folder: Path) -> Path:
        """Give `folder` to this account."""
        if (self.uid, self.gid) != (os.geteuid(), os.getegid()):
            os.chown(folder, self.uid, self.gid)
        return folder


def choose() -> list[Account]:
    """Accounts to try, best first; raises SetUpError when we are root and cannot stop being it."""
    if os.geteuid() != 0:
        return [Account((), os.geteuid(), os.getegid())]
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise SetUpError(
            "PostgreSQL does not run as root, and setpriv, which starts it as another user, is missing: "
            "install util-linux, run as a user that is not root, or set DATABASE_URL."
        )
    try:
        nobody = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise SetUpError(
            f"PostgreSQL does not run as root, and there is no user {UNPRIVILEGED!r} to run it as: "
            "run as a user that is not root, or set DATABASE_URL."
        ) from None
    plain = (setpriv, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    able_to_read = (
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--securebits=+no_setuid_fixup",
    )
    return [Account(prefix, nobody.pw_uid, nobody.pw_gid) for prefix in ((*plain, *able_to_read), plain)]
