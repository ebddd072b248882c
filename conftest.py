"""Loads the plugin, and tells which names and paths this run of the project's own tests makes."""

from __future__ import annotations

import pytest

from harness.config import HarnessSettings, load

pytest_plugins = ["harness.plugin"]


def pytest_report_header(config: pytest.Config) -> str:
    seed = config.getoption("--harness-seed")
    return f"names and paths: --harness-seed {load(HarnessSettings).seed if seed is None else seed}"
