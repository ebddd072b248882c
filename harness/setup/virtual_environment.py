"""`.venv` of a checkout: exactly the packages of `requirements.lock`, and mended when it is not so.

It is the harness's own folder. A stamp is written into it as the very last thing, so one whose set-up was cut
off is seen for what it is. Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from harness.errors import SetUpError
from harness.setup.commands import PACKAGES
from harness.setup.locked import locked
from harness.setup.progress import Progress
from harness.setup.tool import ToolError, run_tool

WITHIN = 1800.0
USABLE = "import sys, pip; sys.exit(sys.version_info < (3, 11))"


class VirtualEnvironment:
    """The `.venv` in `root`, which holds `requirements.lock`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.lock = root / "requirements.lock"
        self._stamp = self.folder / "harness.json"

    def fault(self) -> str | None:
        """Why it cannot be used as it is, or None."""
        if not self.folder.is_dir():
            return "not made yet"
        if not self._stamp.is_file():
            return "not set up by the harness"
        try:
            stamp = json.loads(self._stamp.read_text())
        except ValueError:
            stamp = {}
        if not isinstance(stamp, dict):
            stamp = {}
        now = self._facts()
        faults = {
            "its set-up was cut off": not stamp,
            "requirements.lock has changed": stamp.get("lock") != now["lock"],
            "the checkout was moved": stamp.get("root") != now["root"],
            "its Python is gone": not os.access(self.python, os.X_OK) or stamp.get("python") != now["python"],
            # Without this file its Python takes the packages of the one that it was made from.
            "its pyvenv.cfg is gone": not (self.folder / "pyvenv.cfg").is_file(),
            "packages were deleted from it": not set(stamp.get("packages", [])) <= set(now["packages"]),
        }
        return next((fault for fault, there in faults.items() if there), None)

    def make(self, progress: Progress) -> None:
        """Make it usable; raises SetUpError. Does nothing when another start has done so meanwhile."""
        with locked(self.root):
            if self.fault() is None:
                return
            with progress.step(PACKAGES):
                try:
                    self._make()
                except OSError as error:
                    raise SetUpError(
                        f"{self.folder} could not be written ({error.strerror}): "
                        "make the folder writable, or clone into one that is."
                    ) from None

    def stamp(self) -> None:
        """Declare it whole, as it is now."""
        site = next(self.folder.glob("lib/python3*/site-packages"))
        # Servers are started in folders of their own and must find the package all the same.
        (site / "harness-checkout.pth").write_text(f"{self.root}\n")
        partial = self._stamp.with_suffix(".partial")
        partial.write_text(json.dumps(self._facts()))
        partial.replace(self._stamp)

    def _make(self) -> None:
        if self._stamp.exists() or not self._usable():
            self._create()
        self._install()
        self.stamp()

    def _create(self) -> None:
        require_venv()
        if self.folder.is_symlink() or self.folder.is_file():
            self.folder.unlink()
        elif self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir()
        self._stamp.write_text("{}")
        run_tool([sys.executable, "-m", "venv", self.folder], "Making .venv", within=WITHIN)

    def _install(self) -> None:
        pip: list[str | Path] = [
            self.python,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--quiet",
        ]
        options: list[str | Path] = ["--retries", "3", "--require-hashes", "-r", self.lock]
        try:
            run_tool([*pip, *options], "Installing the Python packages", within=WITHIN)
        except ToolError as error:
            log = self.folder / "set-up.log"
            log.write_text(error.output)
            raise SetUpError(f"{error} (All that pip said is in {log}.)") from None

    def _usable(self) -> bool:
        """Whether somebody made a working one by hand, which then only lacks the packages."""
        if not (self.folder / "pyvenv.cfg").is_file():
            return False
        try:
            return not subprocess.run(
                [self.python, "-c", USABLE], capture_output=True, check=False
            ).returncode
        except OSError:
            return False

    def _facts(self) -> dict[str, Any]:
        """What the stamp holds; compared with what is there at each start, so it must be quick to gather."""
        sites = list(self.folder.glob("lib/python3*/site-packages"))
        return {
            "lock": hashlib.sha256(self.lock.read_bytes()).hexdigest(),
            "root": str(self.root),
            "python": os.path.realpath(self.python),
            "packages": sorted({entry.name for site in sites for entry in site.iterdir()} - {"__pycache__"}),
        }


def require_venv() -> None:
    """Raise SetUpError when this Python came without venv, as Debian's and Ubuntu's may."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise SetUpError(
            f"{sys.executable} came without venv: install it "
            "(Debian and Ubuntu: `apt-get install python3-venv`) and start again."
        )
