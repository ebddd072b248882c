"""The demo app, built for one test run, and the gate on it by its target file alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.config import HarnessSettings, child_environment, load
from harness.setup import npm, pages

HERE = Path(__file__).parent
TARGET = HERE / "harness.toml"


@dataclass(frozen=True)
class Said:
    """What a command of the harness said, and the folder of its run."""

    code: int
    text: str
    runs: Path


def built(folder: Path) -> Path:
    """The app in `folder`, its pages built with the vendors' clients, which the reference pages have, too."""
    settings = load(HarnessSettings)
    pages.ensure(settings)
    modules = pages.node_modules(settings)
    app = shutil.copytree(HERE, folder / "app", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "node_modules").symlink_to(modules)
    npm.run_node(app / "site", "Building the demo app", modules / "vite" / "bin" / "vite.js", "build")
    return app


def harness(app: Path, *arguments: str, **told: str) -> Said:
    """A command of the harness beside the app, told what its owner would tell it."""
    runs = app.parent / "runs"
    environment = npm.node_environment(
        {"SITE": str(app / "site" / "dist"), "HARNESS_RUNS": str(runs), **told}
    )
    ran = subprocess.run(
        [sys.executable, "-m", "harness.cli", *arguments],
        cwd=app,
        env=child_environment(environment),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return Said(ran.returncode, ran.stdout + ran.stderr, runs)


def gate(app: Path, only: str, target: Path | None = None, **told: str) -> Said:
    """`harness gate` on the app."""
    return harness(app, "gate", "--target", str(target or app / "harness.toml"), "--only", only, **told)
