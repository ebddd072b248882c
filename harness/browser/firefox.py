"""A stock Firefox, driven by Playwright over WebDriver BiDi. Its devices fail by what it is started with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Playwright
from playwright.sync_api import Error as PlaywrightError

from harness.browser.browsers import VIEWPORT
from harness.browser.devices import INSECURE_NAME
from harness.errors import HarnessError

INSTALLED = ("firefox-esr", "firefox")
GRANTED = 1  # Firefox's number for it
# Devices of its own (a picture that changes colour, a tone), allowed to every page.
USUAL: Mapping[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "permissions.default.camera": GRANTED,
    "permissions.default.microphone": GRANTED,
    "media.peerconnection.ice.loopback": True,
    "network.dns.localDomains": INSECURE_NAME,
    # Frames of another site are run by the page's process: else real clicks do not reach them (153.7).
    "fission.webContentIsolationStrategy": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.update.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
}


def installed() -> str | None:
    """Where the Firefox of this machine is; None when there is none."""
    return next(filter(None, map(shutil.which, INSTALLED)), None)


@contextmanager
def firefox(
    playwright: Playwright, prefs: Mapping[str, bool | int | str], *, headless: bool = True
) -> Iterator[Browser]:
    """With the usual preferences and `prefs`; raises HarnessError when there is none that starts."""
    executable = installed()
    if executable is None:
        raise HarnessError(
            "No Firefox is installed here: `apt-get install firefox-esr`, or use another browser."
        )
    try:
        browser = playwright.firefox.launch(
            channel="moz-firefox",
            executable_path=executable,
            headless=headless,
            firefox_user_prefs={**USUAL, **prefs},
            handle_sigint=False,
        )
    except PlaywrightError as error:
        said = error.message.strip().splitlines()[0]
        raise HarnessError(f"Firefox ({executable}) did not start: {said}.") from None
    try:
        yield browser
    finally:
        browser.close()


class FirefoxContexts:
    """Contexts of a running Firefox, as a Cast asks for them. Its devices and permissions are those that it
    was started with, whatever the profile: its camera shows no mark, so who it was is not proved by it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def new_context(
        self,
        profile: str,  # noqa: ARG002  Firefox has the devices that it was started with
        permissions: Sequence[str] = (),  # noqa: ARG002
        *,
        viewport: tuple[int, int] = VIEWPORT,
        **more: Any,  # noqa: ANN401  as Playwright takes them
    ) -> BrowserContext:
        """A browser of one's own, as it looks from inside."""
        width, height = viewport
        return self._browser.new_context(viewport={"width": width, "height": height}, **more)
