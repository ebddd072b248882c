"""Of what a run was made: the versions that decide what a check sees."""

from __future__ import annotations

import json
import platform
import tomllib
from importlib.metadata import PackageNotFoundError, version

from harness.config import PACKAGE, HarnessSettings
from harness.errors import SetUpError
from harness.setup import browser
from harness.setup.commands import CHECKOUT
from harness.setup.tool import ToolError, run_tool

SDK = "@stream-io/video-react-sdk"
ASK_WITHIN = 10.0  # seconds


def versions(settings: HarnessSettings) -> dict[str, str]:
    """By name; what cannot be told is left out."""
    known = {
        "harness": _package("harness") or _checkout(),
        "commit": _commit(),
        "Stream SDK of the pages": _sdk(),
        "browser": _browser(settings),
        "Playwright": _package("playwright"),
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
    return {name: value for name, value in known.items() if value}


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _checkout() -> str:
    described = CHECKOUT / "pyproject.toml"
    return str(tomllib.loads(described.read_text())["project"]["version"]) if described.is_file() else ""


def _commit() -> str:
    """Of the checkout, and whether it was changed since; nothing for an installed package or a copy."""
    try:
        if _git("rev-parse", "--show-toplevel") != str(CHECKOUT):
            return ""
        changed = " with changes" if _git("status", "--porcelain", "--untracked-files=no") else ""
        return _git("rev-parse", "--short=12", "HEAD") + changed
    except ToolError:
        return ""


def _git(*arguments: str) -> str:
    return run_tool(["git", "-C", CHECKOUT, *arguments], "git", within=ASK_WITHIN).strip()


def _sdk() -> str:
    described = json.loads((PACKAGE / "pages" / "package.json").read_text(encoding="utf-8"))
    return str(described["dependencies"][SDK])


def _browser(settings: HarnessSettings) -> str:
    try:
        found = browser.find(settings)
        return browser.version(found) if found else ""
    except SetUpError:
        return ""
