"""A stock Firefox, driven by Playwright over WebDriver BiDi. Its devices fail by what it is started with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright
from playwright.sync_api import Error as PlaywrightError

from harness.errors import HarnessError

INSTALLED = ("firefox-esr", "firefox")
GRANTED = 1  # Firefox's number for it
# Devices of its own (a picture that changes colour, a tone), allowed to every page.
USUAL: Mapping[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "permissions.default.camera": GRANTED,
    "permissions.default.microphone": GRANTED,
    "media.peerconnection.ice.loopback": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.update.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
}


@contextmanager
def firefox(
    playwright: Playwright, prefs: Mapping[str, bool | int | str], *, headless: bool = True
) -> Iterator[Browser]:
    """With the usual preferences and `prefs`; raises HarnessError when there is none that starts."""
    executable = next(filter(None, map(shutil.which, INSTALLED)), None)
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
        )
    except PlaywrightError as error:
        said = error.message.strip().splitlines()[0]
        raise HarnessError(f"Firefox ({executable}) did not start: {said}.") from None
    try:
        yield browser
    finally:
        browser.close()
