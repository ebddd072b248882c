"""The pytest plugin: the system under test, its people and its evidence, as fixtures.

A check reads like the story that it proves: `party` is a fresh party with its host, `host` and `viewer` are
people in browsers of their own; `new_viewer()`, `new_party()` and `new_person()` make more of them.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from harness.browser.keeper import Keeper
from harness.errors import NotGiven
from harness.plugin.failing import (
    Fail,
    _new_rehearsal,
    _rehearsals,
    fail,
    pluggable_rehearsal,
    rehearsal,
)
from harness.plugin.one_id import OneId, one_id
from harness.plugin.people import (
    NewParty,
    NewPerson,
    given,
    host_session,
    names,
    new_party,
    new_person,
    parties_made,
    party,
)
from harness.plugin.proofs import Keep, LedgerOf, NothingLive, keep, ledger_of, nothing_live, off_air
from harness.plugin.stash import KEEPER, RUN_LOG, note
from harness.plugin.system import (
    _servers_live,
    _servers_told,
    harness_settings,
    run_dir,
    run_log,
    stack,
    stream_api,
    stream_journal,
    supabase,
    target,
    token_endpoint,
)
from harness.plugin.visitors import (
    NewHost,
    SecondTab,
    browsers,
    cast,
    host,
    new_host,
    new_viewer,
    second_tab,
    viewer,
)
from harness.trace.events import RunLog
from harness.trace.outcomes import OutcomeRecorder

# The fixtures, which pytest finds here by their names, and what tests call their types.
__all__ = [
    "Fail",
    "Keep",
    "LedgerOf",
    "NewHost",
    "NewParty",
    "NewPerson",
    "NothingLive",
    "OneId",
    "SecondTab",
    "_new_rehearsal",
    "_rehearsals",
    "_servers_live",
    "_servers_told",
    "browsers",
    "cast",
    "fail",
    "given",
    "harness_settings",
    "host",
    "host_session",
    "keep",
    "ledger_of",
    "names",
    "new_host",
    "new_party",
    "new_person",
    "new_viewer",
    "nothing_live",
    "off_air",
    "one_id",
    "parties_made",
    "party",
    "pluggable_rehearsal",
    "rehearsal",
    "run_dir",
    "run_log",
    "second_tab",
    "stack",
    "stream_api",
    "stream_journal",
    "supabase",
    "target",
    "token_endpoint",
    "viewer",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness")
    group.addoption("--run-dir", type=Path, help="folder for the evidence; default: a temporary one")
    group.addoption(
        "--harness-seed", type=int, help="what names and titles are made from; default: HARNESS_SEED, 1"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "check(id): the release check of this id, as in checks.toml")
    run_dir = config.getoption("--run-dir")
    if run_dir is not None:
        config.stash[RUN_LOG] = RunLog(run_dir / "events.jsonl")
        config.pluginmanager.register(OutcomeRecorder(config.stash[RUN_LOG]), "harness outcomes")
        config.stash[KEEPER] = Keeper(config.stash[RUN_LOG], config.getoption("--harness-seed"))
        config.pluginmanager.register(config.stash[KEEPER], "harness evidence")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    note(item.stash, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    yield from _gap_when_not_given()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    yield from _gap_when_not_given()


def _gap_when_not_given() -> Generator[None, None, None]:
    """A check that needs what the target does not have is not run, which its verdict counts as a gap."""
    try:
        yield
    except NotGiven as missing:
        pytest.skip(f"not run: {missing}")
