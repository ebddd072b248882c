"""Browsers on Playwright servers: other machines, or other users of this one. docs/gate.md tells how."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from itertools import cycle
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

from harness.errors import HarnessError, NotGiven

WITHIN = 60_000.0  # ms for a server to start a browser
LAUNCH_OPTIONS = "x-playwright-launch-options"


class RemoteBrowsers:
    """Starts browsers on the servers at `endpoints` (`ws://...`), one after the other.

    `executable` is a path on their machines; None takes the Chromium that Playwright installed there.
    """

    def __init__(self, playwright: Playwright, endpoints: Sequence[str], executable: Path | None) -> None:
        self._playwright = playwright
        self._endpoints = cycle(endpoints)
        self._browser: dict[str, Any] = (
            {"executablePath": str(executable)} if executable else {"channel": "chromium"}
        )

    def start(self, flags: Sequence[str], *, headless: bool, sandbox: bool) -> Browser:
        """A browser with these flags. Raises HarnessError when there is none, NotGiven when it lacks one."""
        endpoint = next(self._endpoints)
        options = self._browser | {"args": list(flags), "headless": headless, "chromiumSandbox": sandbox}
        try:
            browser = self._playwright.chromium.connect(
                endpoint, headers={LAUNCH_OPTIONS: json.dumps(options)}, timeout=WITHIN
            )
        except PlaywrightError as error:
            raise _refused(endpoint, error) from None
        try:
            with closing(browser.new_page()) as page:
                _expect_flags(page, flags, endpoint)
                _expect_files(page, flags, endpoint)
        except BaseException:
            browser.close()
            raise
        return browser


def expect_reaches(browser: Browser, url: str) -> None:
    """Raises NotGiven when a browser elsewhere cannot reach what it is to look at: that proves nothing."""
    with closing(browser.new_page()) as page:
        try:
            page.goto(url)
        except PlaywrightError as error:
            said = str(error).splitlines()[0]
            raise NotGiven(f"needs browsers that reach {url}; those of --connect do not ({said})") from None


def _expect_flags(page: Page, flags: Sequence[str], endpoint: str) -> None:
    page.goto("chrome://version")
    in_force = page.locator("#command_line").inner_text()
    if not all(flag.partition("=")[0] in in_force for flag in flags):
        raise NotGiven(
            f"needs a Playwright server that takes launch options: start that at {endpoint} with --unsafe"
        )


def _expect_files(page: Page, flags: Sequence[str], endpoint: str) -> None:
    """A browser whose clip is not there has no camera, and says nothing: a check would be red for that."""
    for flag in flags:
        file = Path(flag.partition("=")[2])
        if file.is_absolute() and not _sees(page, file):
            raise NotGiven(
                f"needs {file} on the machine of the browser at {endpoint}: copy the clips there, or take a "
                "browser of this machine for devices that change"
            )


def _sees(page: Page, file: Path) -> bool:
    """Whether the browser's machine has it; its folder alone, for a device that is plugged in later."""
    try:
        page.goto(f"{file.parent.as_uri()}/")
    except PlaywrightError:
        return False
    return not file.exists() or file.name in page.content()


def _refused(endpoint: str, error: PlaywrightError) -> HarnessError:
    said = str(error).strip().splitlines()[0]
    if "Executable doesn't exist" in str(error):
        said = "no Chromium is installed there: `playwright install chromium`, or HARNESS_BROWSER with a path"
    return HarnessError(f"No browser could be had of the Playwright server at {endpoint} ({said}).")
