"""What is known to be impossible before anything is set up or started."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from pydantic import ValidationError

from harness.browser.failures import Failure
from harness.config import HarnessSettings, variable
from harness.config.kinds import exact_http_url
from harness.errors import HarnessError, UsageError
from harness.reproduce.options import Options

NO = "Could not be produced here:"
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
NAMES = {
    "chrome": ("google-chrome-stable", "google-chrome"),
    "msedge": ("microsoft-edge-stable", "microsoft-edge"),
}


def expect_possible(settings: HarnessSettings, failure: Failure, options: Options) -> None:
    """Raises HarnessError with what to do instead."""
    if options.role != failure.role:
        raise UsageError(f"{failure.name} is a failure of a {failure.role}, not of a {options.role}.")
    if options.click is not None and options.url is None:
        raise UsageError("--click names a button of a page of yours: name that page, too, with --url.")
    if options.storage_state is not None and options.url is None:
        raise UsageError("--storage-state signs in to a page of yours: name that page, too, with --url.")
    if options.url is not None:
        _expect_page(options.url)
    if settings.connect:
        raise HarnessError(
            f"{NO} HARNESS_CONNECT names browsers of other machines, and failures are made with the files "
            "and processes of this one: unset it."
        )
    _expect_browser(failure, options.browser)
    if options.headed and sys.platform == "linux" and not any(map(variable, DISPLAYS)):
        raise HarnessError(
            f"{NO} --headed needs a display, and this machine has none (neither {' nor '.join(DISPLAYS)} is "
            "set): leave --headed out, or start it with `xvfb-run`."
        )


def _expect_page(url: str) -> None:
    if url.startswith("file:///"):
        return
    try:
        exact_http_url(url)
    except ValueError as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise UsageError(
            f"--url was expected to be the address of a page, as http://localhost:3000/studio, but what came "
            f"is none ({why})."
        ) from None


def _expect_browser(failure: Failure, browser: str) -> None:
    if browser == "webkit":
        raise HarnessError(
            f"{NO} no failure is made in WebKit yet, also where `playwright install webkit` has put it: use "
            "--browser chromium or firefox, and Safari by hand."
        )
    if browser == "firefox" and not failure.can_be_in("firefox"):
        raise HarnessError(f"{NO} no Firefox can be made to give {failure.name}.")
    if browser in NAMES:
        installed(browser)


def installed(browser: str) -> Path:
    """Raises HarnessError for one that is not on this machine: none is passed off as another."""
    found = next(filter(None, map(shutil.which, NAMES[browser])), None)
    if found is None:
        raise HarnessError(
            f"{NO} {browser} is not installed on this machine: `python -m playwright install {browser}` "
            "installs it, or leave --browser out."
        )
    return Path(found)
