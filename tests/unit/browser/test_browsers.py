"""One process for each device profile, each with just the devices that it says; one that dies is noticed."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright
from playwright.sync_api import Error as PlaywrightError

from harness.browser.browsers import Browsers
from harness.browser.device_profile import PROFILES, DeviceProfile
from harness.errors import HarnessError, UsageError

BOTH = ("camera", "microphone")
ASK = """async (constraints) => navigator.mediaDevices.getUserMedia(constraints).then(
  (stream) => { for (const track of stream.getTracks()) track.stop(); return "given" },
  (error) => error.name)"""
CASES = {
    "host_a": ("given", "given", "given"),
    "host_b": ("given", "given", "given"),
    "no_camera": ("NotFoundError", "given", "NotFoundError"),
    "no_microphone": ("given", "NotFoundError", "NotFoundError"),
    "no_devices": ("NotFoundError", "NotFoundError", "NotFoundError"),
    "two_cameras": ("given", "given", "given"),
    "changeable": ("given", "given", "given"),
    "pluggable": ("given", "given", "given"),
}


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_has_the_devices_that_it_says(
    new_window: Callable[..., BrowserContext], page_url: str, profile: str
) -> None:
    page = new_window(profile, *BOTH).new_page()
    page.goto(page_url)
    asked = ({"video": True}, {"audio": True}, {"audio": True, "video": True})
    assert tuple(page.evaluate(ASK, constraints) for constraints in asked) == CASES[profile]


@pytest.mark.parametrize(
    ("permissions", "outcomes"),
    [
        ((), ("NotAllowedError", "NotAllowedError")),
        (("camera",), ("given", "NotAllowedError")),
        (("microphone",), ("NotAllowedError", "given")),
        (BOTH, ("given", "given")),
    ],
)
def test_permissions_are_each_contexts_own(
    new_window: Callable[..., BrowserContext],
    page_url: str,
    permissions: tuple[str, ...],
    outcomes: tuple[str, str],
) -> None:
    others = new_window("host_a", *BOTH)  # at the same time, in the same browser
    page = new_window("host_a", *permissions).new_page()
    page.goto(page_url)
    assert (page.evaluate(ASK, {"video": True}), page.evaluate(ASK, {"audio": True})) == outcomes
    assert others.browser is page.context.browser


def test_a_browser_is_kept_and_the_profiles_do_not_share_one(browsers: Browsers) -> None:
    assert browsers.of("host_a") is browsers.of("host_a")
    assert browsers.of("host_a") is not browsers.of("host_b")


def test_the_flag_that_answers_prompts_is_never_given(tmp_path: Path) -> None:
    for profile in PROFILES.values():
        devices = profile.devices(tmp_path, tmp_path)
        flags = devices.flags() if devices else profile.flags(tmp_path)
        assert not any("fake-ui" in flag for flag in flags)


def test_no_window_has_pages_of_its_own_and_what_playwright_turns_off_stays_off(
    playwright: Playwright, chromium: Path, browsers: Browsers
) -> None:
    with playwright.chromium.launch(executable_path=chromium) as plain:
        expected = turned_off(plain)
    ours = browsers.of("no_devices")
    with ours.new_context() as context:
        context.new_page()
        assert expected - turned_off(ours) == set(), "Playwright turns off more: add it to OFF_FOR_PLAYWRIGHT"
        assert own_pages(ours) == []


def own_pages(browser: Browser) -> list[str]:
    """Addresses of the pages that are Chromium's own windows."""
    told = browser.new_browser_cdp_session().send("Target.getTargets", {"filter": [{}]})
    return [target["url"] for target in told["targetInfos"] if target["type"] == "browser_ui"]


def turned_off(browser: Browser) -> set[str]:
    """The features that its command line turns off; of several such flags, the last counts."""
    page = browser.new_page()
    page.goto("chrome://version")
    told = re.findall(r"--disable-features=(\S+)", page.locator("#command_line").inner_text())
    page.close()
    return set(told[-1].split(","))


def test_a_profile_that_cannot_be_had_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="camera without a microphone"):
        DeviceProfile("no_microphone", camera=1).flags(tmp_path)


def test_an_unknown_profile_is_told_with_those_that_exist(browsers: Browsers) -> None:
    with pytest.raises(UsageError, match="no device profile holographic: choose of host_a, host_b"):
        browsers.of("holographic")


def test_a_browser_that_dies_is_told_once_and_then_replaced(
    playwright: Playwright, chromium: Path, clips: Path, page_url: str
) -> None:
    with Browsers(playwright, chromium, clips) as browsers:
        page = browsers.new_context("no_devices").new_page()
        page.goto(page_url)
        session = browsers.of("no_devices").new_browser_cdp_session()
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        os.kill(next(process["id"] for process in processes if process["type"] == "browser"), signal.SIGKILL)
        with pytest.raises(PlaywrightError):
            page.evaluate("new Promise(() => {})")
        with pytest.raises(HarnessError, match="The browser for no_devices ended by itself"):
            browsers.new_context("no_devices")
        page = browsers.new_context("no_devices").new_page()
        page.goto(page_url)
        assert page.title() == "t"


def test_a_browser_that_does_not_start_is_one_sentence(
    playwright: Playwright, clips: Path, tmp_path: Path
) -> None:
    with (
        Browsers(playwright, tmp_path / "no-browser", clips) as browsers,
        pytest.raises(
            HarnessError, match=r"no-browser did not start \(.*\): see `python3 -m harness doctor`"
        ),
    ):
        browsers.of("no_devices")
