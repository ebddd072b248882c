"""The gate's part inside the pytest process that it starts: which checks, which attempt, and when to end."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from harness.trace.outcomes import checks_of


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness gate")
    group.addoption("--checks", default="", help="run only the tests of these checks, as in T01,G03")
    group.addoption(
        "--attempt", type=int, default=1, help="which run of these checks this is; events are marked with it"
    )
    group.addoption("--gate-fd", type=int, default=None, help="end as by Ctrl-C when this pipe closes")


def pytest_configure(config: pytest.Config) -> None:
    gate = config.getoption("--gate-fd")
    if gate is not None:
        threading.Thread(target=_end_with_gate, args=(gate,), daemon=True, name="end with gate").start()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that prove none of the chosen checks."""
    chosen = set(filter(None, config.getoption("--checks").split(",")))
    if not chosen:
        return
    kept = [item for item in items if chosen.intersection(checks_of(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _end_with_gate(gate: int) -> None:
    # The gate holds the other end and never writes: reading returns when it ended, even when it was killed.
    os.read(gate, 1)
    os.kill(os.getpid(), signal.SIGINT)
