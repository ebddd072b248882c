"""The gate's part inside the pytest processes that it starts: which checks, whose share, when to end."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from harness.gate.share import Share, split
from harness.gate.timings import UNTIMED, UNTIMED_IN_BROWSERS, read_timings
from harness.trace.outcomes import ELSEWHERE, OF_THIS_RUN, checks_of

PLUGGABLE = "pluggable_rehearsal"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness gate")
    group.addoption("--checks", default="", help="run only the tests of these checks, as in T01,G03")
    group.addoption(
        "--attempt", type=int, default=1, help="which run of these checks this is; events are marked with it"
    )
    group.addoption("--shard", type=Share.parse, default=Share(), help="the part k/n of all tests")
    group.addoption("--worker", type=Share.parse, default=Share(), help="the part k/n of what is left")
    group.addoption("--timings", type=Path, help="how long tests took, for parts that take the same time")
    group.addoption("--gate-fd", type=int, default=None, help="end as by Ctrl-C when this pipe closes")


def pytest_configure(config: pytest.Config) -> None:
    gate = config.getoption("--gate-fd")
    if gate is not None:
        threading.Thread(target=_end_with_gate, args=(gate,), daemon=True, name="end with gate").start()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that prove none of the chosen checks, and those that are another's to run."""
    chosen = set(filter(None, config.getoption("--checks").split(",")))
    if not chosen:
        return
    timings = config.getoption("--timings")
    seconds = read_timings(timings) if timings else {}
    # Shards are of all tests, whatever was chosen: a second attempt at some must leave each where it was.
    of_shard = _share(config.getoption("--shard"), items, seconds)
    asked = [item for item in items if chosen.intersection(checks_of(item))]
    of_this_run = [item for item in asked if item in of_shard]
    config.stash[OF_THIS_RUN] = of_this_run
    config.stash[ELSEWHERE] = [item for item in asked if item not in of_shard]
    kept = _share(config.getoption("--worker"), of_this_run, seconds)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


def _share(share: Share, items: Iterable[pytest.Item], seconds: Mapping[str, float]) -> set[pytest.Item]:
    lots: dict[str, list[pytest.Item]] = {}
    for item in items:
        lots.setdefault(_lot(item), []).append(item)
    expected = {
        name: sum(seconds.get(item.nodeid, _untimed(item)) for item in lot) for name, lot in lots.items()
    }
    return {item for name in split(expected, share.of)[share.number - 1] for item in lots[name]}


def _lot(item: pytest.Item) -> str:
    """What is never divided: a test, or the few for whom one more browser has to start with its people."""
    return PLUGGABLE if PLUGGABLE in getattr(item, "fixturenames", ()) else item.nodeid


def _untimed(item: pytest.Item) -> float:
    return UNTIMED_IN_BROWSERS if "browsers" in getattr(item, "fixturenames", ()) else UNTIMED


def _end_with_gate(gate: int) -> None:
    # The gate holds the other end and never writes: reading returns when it ended, even when it was killed.
    os.read(gate, 1)
    os.kill(os.getpid(), signal.SIGINT)
