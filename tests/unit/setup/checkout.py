"""A checkout whose lock file names one tiny package: the real start, without the minute that ours takes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from harness.setup.commands import CHECKOUT

CLI = """
import os, sys, pathlib
if sys.argv[1:] == ["gate", "--wait"]:
    print("waiting", flush=True)
    sys.stdin.read()
import tiny
print(sys.prefix, *sys.argv[1:])
sys.exit(7)
"""


def make_checkout(folder: Path) -> Path:
    """The real start of the harness, over a stand-in for its commands that needs the package `tiny`."""
    package = folder / "harness"
    shutil.copytree(
        CHECKOUT / "harness" / "setup", package / "setup", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("__init__.py", "__main__.py", "errors.py"):
        shutil.copy(CHECKOUT / "harness" / name, package)
    (package / "gate").mkdir()
    shutil.copy(CHECKOUT / "harness" / "gate" / "checks.toml", package / "gate")
    (package / "cli.py").write_text(CLI)
    wheel = _wheel(folder)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = f"--no-index\n--find-links wheels\ntiny==1.0 --hash=sha256:{digest}\n"
    (folder / "requirements.lock").write_text(lock)
    return folder


def environment(**variables: str) -> dict[str, str]:
    """The environment of a person who has nothing to do with this test run's Python."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **variables}


def start(
    checkout: Path, *arguments: str, python: str = sys.executable, **variables: str
) -> tuple[int, str, str]:
    """`python -m harness ARGUMENTS` in the checkout: exit code, standard output, standard error."""
    ran = subprocess.run(
        [python, "-m", "harness", *arguments],
        cwd=checkout,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


def _wheel(folder: Path) -> Path:
    """The smallest installable package: a module and the three files that say what it is."""
    wheel = folder / "wheels" / "tiny-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    about = "tiny-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return wheel
