"""Tests that need a stock Firefox say so where there is none."""

from __future__ import annotations

import pytest

from harness.browser.firefox import installed

needs_firefox = pytest.mark.skipif(
    installed() is None, reason="not run: no Firefox here (`apt-get install firefox-esr` brings one)"
)
