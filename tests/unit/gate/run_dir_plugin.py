"""The least that a suite must bring for the gate: a run log with the outcomes of its checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config import HarnessSettings, load
from harness.trace.events import RunLog
from harness.trace.outcomes import OutcomeRecorder
from harness.trace.redactor import Redactor

SECRET = "the servers' secret of this run"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-dir", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    log = RunLog(config.getoption("--run-dir") / "events.jsonl", Redactor([SECRET]))
    database = load(HarnessSettings).database_url
    if database is not None:
        log.secrets.add(database.get_secret_value())
    config.pluginmanager.register(OutcomeRecorder(log), "outcomes")
