"""The reference pages: built on this machine from their sources, once for each state of them.

    <cache>/pages/packages-<hash of the lock file>/node_modules    what `npm ci` installed
    <cache>/pages/<hash of sources and lock file>/dist             what Vite built

Node comes with the Python packages. Nothing is written beside the sources, which may be an installed wheel's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.config import PACKAGE, HarnessSettings
from harness.errors import SetUpError
from harness.setup import npm
from harness.setup.cache import cache_folder, cannot_write
from harness.setup.commands import PAGES
from harness.setup.locked import locked
from harness.setup.progress import Progress
from harness.setup.tool import ToolError, run_tool

SOURCES = PACKAGE / "pages"
NOT_SOURCES = {"node_modules", "dist"}


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
    return run_tool([npm.NODE, "--version"], "Node", within=20).strip()


def type_errors(settings: HarnessSettings) -> str:
    """What the TypeScript compiler finds wrong in the sources; empty when all is well. After `ensure`."""
    packages = _packages(settings)
    with locked(_home(settings)), _copy_below(packages) as copy:
        try:
            npm.run_node(copy, "Checking the types", packages / "node_modules" / "typescript" / "bin" / "tsc")
        except ToolError as error:
            return error.output or str(error)
    return ""


def _make(settings: HarnessSettings, progress: Progress) -> Path:
    with progress.step(PAGES) as said:
        packages = _packages(settings)
        if not npm.installed(packages):
            npm.install(SOURCES, packages, "Installing the pages' packages")
            said.append("packages installed")
        dist = _dist(settings)
        _build(packages, dist)
        said.append("built")
        return dist


def _build(packages: Path, dist: Path) -> None:
    with _copy_below(packages) as copy:
        try:
            npm.run_node(
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
    with npm.unfinished(packages) as folder:
        yield shutil.copytree(SOURCES, folder / "pages", ignore=shutil.ignore_patterns(*NOT_SOURCES))


def _dist(settings: HarnessSettings) -> Path:
    return _home(settings) / npm.hash_of(_source_files(), SOURCES) / "dist"


def _home(settings: HarnessSettings) -> Path:
    return settings.cache / "pages"


def _packages(settings: HarnessSettings) -> Path:
    return _home(settings) / npm.packages_name(SOURCES)


def _source_files() -> Iterator[Path]:
    for folder, folders, names in os.walk(SOURCES):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        yield from (Path(folder, name) for name in sorted(names))
