"""As `run_dir_plugin`, and red tests leave their evidence."""

from __future__ import annotations

import pytest

from harness.browser.keeper import Keeper
from harness.trace.events import RunLog
from harness.trace.outcomes import OutcomeRecorder
from tests.unit.gate import run_dir_plugin

pytest_addoption = run_dir_plugin.pytest_addoption


def pytest_configure(config: pytest.Config) -> None:
    run_dir_plugin.pytest_configure(config)
    outcomes = config.pluginmanager.get_plugin("outcomes")
    assert isinstance(outcomes, OutcomeRecorder)
    log: RunLog = outcomes.run_log
    config.pluginmanager.register(Keeper(log), "keeper")
