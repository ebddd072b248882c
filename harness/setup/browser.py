"""The browser that plays host and viewer: a full Chromium or Chrome, found, else installed.

Looked for in this order: the one that HARNESS_BROWSER names, Playwright's own, an installed one. The headless
shell is never taken: it ignores permissions, which are half of what is checked.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import playwright

from harness.config import HarnessSettings, child_environment
from harness.errors import SetUpError
from harness.setup.cache import cache_folder
from harness.setup.commands import BROWSER
from harness.setup.locked import locked
from harness.setup.progress import Progress
from harness.setup.tool import ToolError, run_tool

INSTALLED = ("google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "chrome")
MAC_APPLICATIONS = ("Google Chrome", "Chromium")
# Playwright's folder of one revision holds one of these, by system.
PLAYWRIGHT_PLACES = (
    "chrome-linux*/chrome",
    "chrome-mac*/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
)
PROBE_WITHIN = 20.0
# Four numbers: every browser made from Chromium says them, and hardly anything else does.
CHROMIUM_VERSION = re.compile(r"\d+\.\d+\.\d+\.\d+")
DOWNLOAD_WITHIN = 900.0
# Playwright tries five times; without this it waits half a minute each time where nothing answers.
DOWNLOAD = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "5000"}
APT = {"DEBIAN_FRONTEND": "noninteractive"}


def find(settings: HarnessSettings) -> Path | None:
    """A browser that starts, or None; raises SetUpError when the one that was named does not."""
    if settings.browser is not None:
        if _version(settings, settings.browser) is None:
            raise SetUpError(
                f"HARNESS_BROWSER names {settings.browser}, which is no browser that starts: "
                "name a Chromium or Chrome, or unset it."
            )
        return settings.browser
    return next((path for path in _candidates() if _version(settings, path)), None)


def version(browser: Path) -> str:
    """What it says of itself now, like `Chromium 156.0.8078.79`; raises SetUpError if it does not start."""
    said = _ask_version(browser)
    if said is None:
        raise SetUpError(f"{browser} does not start: run `{browser} --version` to see why.")
    return said


def ensure(settings: HarnessSettings, progress: Progress | None = None) -> Path:
    """The browser to use, installed if there is none; raises SetUpError with what a person can do."""
    found = find(settings)
    if found is not None:
        return found
    with locked(cache_folder(settings)):
        return find(settings) or _install(settings, progress or Progress())


def _install(settings: HarnessSettings, progress: Progress) -> Path:
    refusals = []
    with progress.step(BROWSER) as said:
        for way, install in (("downloaded by Playwright", _download), ("installed with apt-get", _apt)):
            try:
                install()
            except ToolError as error:
                refusals.append(str(error))
                continue
            found = find(settings)
            if found is not None:
                said.append(way)
                return found
            refusals.append(f"One was {way} but does not start.")
        raise SetUpError(
            f"There is no browser, and none could be installed. {' '.join(refusals)} "
            "Install Chromium or Chrome, or name one in HARNESS_BROWSER."
        )


def _download() -> None:
    command = [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]
    environment = child_environment(DOWNLOAD)
    run_tool(command, "Playwright's download of Chromium", within=DOWNLOAD_WITHIN, environment=environment)


def _apt() -> None:
    """Debian's own package; what an interrupted installation left half-done is finished first."""
    if shutil.which("apt-get") is None:
        raise ToolError("There is no apt-get here.", "")
    if os.geteuid() != 0:
        raise ToolError("apt-get needs root: `sudo apt-get install chromium`.", "")
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    for command in (
        ["dpkg", "--configure", "-a"],
        ["apt-get", *wait, "update"],
        ["apt-get", *wait, "install", "-y", "chromium"],
    ):
        environment = child_environment(APT)
        run_tool(command, f"`{' '.join(command)}`", within=DOWNLOAD_WITHIN, environment=environment)


def _candidates() -> Iterator[Path]:
    yield from _playwrights_own()
    for name in INSTALLED:
        if found := shutil.which(name):
            yield Path(found)
    for name in MAC_APPLICATIONS:
        path = Path("/Applications") / f"{name}.app" / "Contents" / "MacOS" / name
        if path.is_file():
            yield path


def _playwrights_own() -> Iterator[Path]:
    """Of the revision that this Playwright was made for, if its download was finished."""
    driver = Path(playwright.__file__).parent / "driver" / "package"
    browsers = json.loads((driver / "browsers.json").read_text())["browsers"]
    revision = next(browser["revision"] for browser in browsers if browser["name"] == "chromium")
    folder = _playwright_home(driver) / f"chromium-{revision}"
    if (folder / "INSTALLATION_COMPLETE").is_file():
        for place in PLAYWRIGHT_PLACES:
            yield from folder.glob(place)


def _playwright_home(driver: Path) -> Path:
    named = child_environment({}).get("PLAYWRIGHT_BROWSERS_PATH")
    if named == "0":
        return driver / ".local-browsers"
    cache = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path(named) if named else Path.home() / cache / "ms-playwright"


def _version(settings: HarnessSettings, browser: Path) -> str | None:
    """Its version if it starts: asked once, then remembered for as long as the file is the same."""
    try:
        status = browser.resolve(strict=True).stat()
    except OSError:
        return None
    known = settings.cache / "browsers.json"
    remembered = _remembered(known)
    key = f"{browser} {status.st_size} {status.st_mtime_ns}"
    if key not in remembered:
        said = _ask_version(browser)
        if said is None:
            return None
        remembered = {**remembered, key: said}
        _remember(known, remembered)
    return remembered[key]


def _ask_version(browser: Path) -> str | None:
    try:
        said = run_tool([browser, "--version"], str(browser), within=PROBE_WITHIN)
    except ToolError:
        return None
    return next((line.strip() for line in said.splitlines() if CHROMIUM_VERSION.search(line)), None)


def _remembered(known: Path) -> dict[str, str]:
    try:
        remembered: dict[str, str] = json.loads(known.read_text())
    except (OSError, ValueError):
        return {}
    return remembered


def _remember(known: Path, remembered: dict[str, str]) -> None:
    """A cache that cannot be written costs only time."""
    partial = known.with_suffix(f".{os.getpid()}")
    try:
        known.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(remembered, indent=1))
        partial.replace(known)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
