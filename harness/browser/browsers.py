"""The browsers of a run: one process for each device profile, started when first needed, kept to the end."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

from harness.browser.device_profile import BASE_FLAGS, PROFILES, DeviceProfile
from harness.browser.devices import Devices
from harness.browser.remote import RemoteBrowsers, expect_reaches
from harness.errors import HarnessError, UsageError

VIEWPORT = (1280, 720)


class Browsers:
    """Launches through `playwright` (its sync API; the caller starts and stops it) the browser `executable`.

    It must be the full Chromium or Chrome: the headless shell ignores permissions. None: Playwright's own.
    With `connect`, Playwright servers start them instead, and `executable` is a path on their machines.
    Raises HarnessError when a browser does not start or has ended by itself.
    """

    def __init__(
        self,
        playwright: Playwright,
        executable: Path | None,
        clips: Path,
        *,
        headless: bool = True,
        connect: Sequence[str] = (),
    ) -> None:
        self._playwright = playwright
        self._executable = executable
        self._clips = clips
        self._headless = headless
        self._remote = RemoteBrowsers(playwright, connect, executable) if connect else None
        self._running: dict[str, Browser] = {}
        self._devices: dict[str, Devices] = {}
        self._sockets = tempfile.TemporaryDirectory(prefix="harness-cameras-")

    def __enter__(self) -> Browsers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def new_context(
        self,
        profile: str,
        permissions: Sequence[str] = (),
        *,
        viewport: tuple[int, int] = VIEWPORT,
        **more: Any,  # noqa: ANN401  as Playwright takes them
    ) -> BrowserContext:
        """A browser of one's own, as it looks from inside: `permissions` granted, with `more` options.

        `permissions` are `camera` and `microphone`; what is not among them is denied.
        """
        width, height = viewport
        browser = self.of(profile)
        try:
            return browser.new_context(
                permissions=list(permissions), viewport={"width": width, "height": height}, **more
            )
        except PlaywrightError:
            self.check()
            raise

    def of(self, profile: str) -> Browser:
        """The running browser with these devices. Raises UsageError for a profile that does not exist."""
        self.check()
        if profile not in self._running:
            if profile not in PROFILES:
                raise UsageError(f"There is no device profile {profile}: choose of {', '.join(PROFILES)}.")
            self._running[profile] = self._launch(PROFILES[profile])
        return self._running[profile]

    def devices_of(self, page: Page) -> Devices | None:
        """Control of the devices of the browser that `page` is in; None when they stay as they are."""
        names = [name for name, browser in self._running.items() if browser is page.context.browser]
        return self._devices.get(names[0]) if names else None

    def expect_reach(self, url: str) -> None:
        """Raises NotGiven when browsers elsewhere cannot reach this address."""
        if self._remote is not None:
            expect_reaches(self.of("no_devices"), url)

    def check(self) -> None:
        """Raises HarnessError when a browser has ended by itself; the next who asks gets a fresh one."""
        ended = [name for name, browser in self._running.items() if not browser.is_connected()]
        for name in ended:
            del self._running[name]
            if (devices := self._devices.pop(name, None)) is not None:
                devices.end()  # else its microphone would be fed twice
        if ended:
            raise HarnessError(
                f"The browser for {' and '.join(ended)} ended by itself: it crashed, was killed or ran "
                "out of memory. What was checked in it says nothing; run the check again."
            )

    def close(self) -> None:
        """End all of them; one that is gone already is fine."""
        with ExitStack() as each_in_spite_of_others:
            each_in_spite_of_others.callback(self._sockets.cleanup)
            for devices in self._devices.values():
                each_in_spite_of_others.callback(devices.end)
            for browser in self._running.values():
                if browser.is_connected():
                    each_in_spite_of_others.callback(browser.close)
            self._running.clear()

    def _launch(self, profile: DeviceProfile) -> Browser:
        sockets = Path(self._sockets.name)
        devices = profile.devices(self._clips, sockets)
        if devices is None:
            return self._launched(profile.flags(self._clips))
        browser = self._launched([*BASE_FLAGS, *devices.flags()])
        devices.belong_to(browser)
        self._devices[profile.name] = devices
        return browser

    def _launched(self, flags: list[str]) -> Browser:
        root = getattr(os, "geteuid", lambda: 1)() == 0
        try:
            return self._start(flags, sandbox=not root)
        except PlaywrightError as error:
            # Some systems let nobody but the distribution's own browser use the sandbox.
            if root or "sandbox" not in str(error).lower():
                raise self._would_not_start(error) from None
        try:
            return self._start(flags, sandbox=False)
        except PlaywrightError as error:
            raise self._would_not_start(error) from None

    def _start(self, flags: list[str], *, sandbox: bool) -> Browser:
        if self._remote is not None:
            return self._remote.start(flags, headless=self._headless, sandbox=sandbox)
        # Playwright's headless with the full browser is the new headless mode.
        return self._playwright.chromium.launch(
            executable_path=self._executable,
            headless=self._headless,
            args=flags,
            chromium_sandbox=sandbox,
            handle_sigint=False,  # Ctrl-C is for the harness, which then closes its browsers in order
        )

    def _would_not_start(self, error: PlaywrightError) -> HarnessError:
        said = str(error).strip().splitlines()[0]
        return HarnessError(
            f"The browser {self._executable or 'of Playwright'} did not start ({said}): "
            "see `python3 -m harness doctor`, or name another with HARNESS_BROWSER."
        )
