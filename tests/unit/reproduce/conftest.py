"""The browsers in which pages are tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright

from harness.browser.browsers import Browsers
from harness.config import HarnessSettings, load
from harness.setup import browser as browser_setup


@pytest.fixture(scope="session")
def browsers(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsers]:
    executable = browser_setup.ensure(load(HarnessSettings))
    with Browsers(playwright, executable, tmp_path_factory.mktemp("clips")) as running:
        yield running
