"""Browsers of a Playwright server: with every device that was asked for, or a gap that says what lacks."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from harness.browser.browsers import Browsers
from harness.config import HarnessSettings, child_environment, load
from harness.errors import HarnessError, NotGiven, SettingsError
from harness.setup import browser as browser_setup
from tests.unit.browser.test_browsers import ASK, BOTH


@contextmanager
def served(*options: str) -> Iterator[str]:
    """The address of a Playwright server."""
    command = [
        sys.executable,
        "-m",
        "playwright",
        "run-server",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        *options,
    ]
    with subprocess.Popen(
        command,
        env=child_environment({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            yield re.findall(r"ws://\S+", said)[0]
        finally:
            # It does not end by SIGTERM, and has nothing to clean up: each test has closed its browsers.
            os.killpg(server.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def unsafe() -> Iterator[str]:
    with served("--unsafe") as address:
        yield address


@pytest.fixture(scope="module")
def executable() -> Path:
    return browser_setup.ensure(load(HarnessSettings))


def remote(playwright: Playwright, executable: Path, clips: Path, address: str) -> Browsers:
    return Browsers(playwright, executable, clips, connect=[address])


def test_remote_browser_has_the_devices_of_its_profile(
    playwright: Playwright, executable: Path, tmp_path: Path, page_url: str, unsafe: str
) -> None:
    with remote(playwright, executable, tmp_path, unsafe) as browsers:
        browsers.expect_reach(page_url)
        for profile, expected in (("host_a", "given"), ("no_devices", "NotFoundError")):
            page = browsers.new_context(profile, BOTH).new_page()
            page.goto(page_url)
            assert page.evaluate(ASK, {"audio": True, "video": True}) == expected


def test_server_that_takes_no_launch_options_is_a_gap(
    playwright: Playwright, tmp_path: Path, executable: Path
) -> None:
    # Without them it takes no path either, and starts its own browser, if there is one.
    with (
        served() as address,
        remote(playwright, executable, tmp_path, address) as browsers,
        pytest.raises((NotGiven, HarnessError), match=r"--unsafe|playwright install"),
    ):
        browsers.of("host_a")


def test_clip_that_is_not_on_the_machine_of_the_browser_is_a_gap(
    playwright: Playwright, executable: Path, tmp_path: Path, unsafe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Path("/nowhere/on/that/machine/camera.y4m")
    monkeypatch.setattr("harness.browser.device_profile.camera_clip", lambda *_: elsewhere)
    with (
        remote(playwright, executable, tmp_path, unsafe) as browsers,
        pytest.raises(NotGiven, match=f"needs {elsewhere} on the machine of the browser"),
    ):
        browsers.of("host_a")


def test_address_that_remote_browsers_do_not_reach_is_a_gap(
    playwright: Playwright, executable: Path, tmp_path: Path, unsafe: str
) -> None:
    with (
        remote(playwright, executable, tmp_path, unsafe) as browsers,
        pytest.raises(NotGiven, match="needs browsers that reach http"),
    ):
        browsers.expect_reach("http://127.0.0.1:9/")


def test_server_that_is_not_there_is_one_sentence(
    playwright: Playwright, executable: Path, tmp_path: Path
) -> None:
    with (
        remote(playwright, executable, tmp_path, "ws://127.0.0.1:9/") as browsers,
        pytest.raises(HarnessError, match=r"the Playwright server at ws://127\.0\.0\.1:9/ \("),
    ):
        browsers.of("host_a")


def test_address_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="HARNESS_CONNECT is wrong"):
        load(HarnessSettings, HARNESS_CONNECT="http://127.0.0.1:9/")
