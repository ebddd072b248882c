"""A local Stream for each test of this folder, the vendor's packages, and a line for each file of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.local_stream.server import running
from tests.vendor.packages import vendor_modules
from tests.vendor.vitest import Result

COUNTED = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def modules() -> Path:
    return vendor_modules()


@pytest.fixture
def base_url() -> Iterator[str]:
    with running() as address:
        yield address


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Iterator[list[Result]]:
    """What is put in here is counted by file at the end of the run."""
    results: list[Result] = []
    yield results
    lines = request.config.stash.setdefault(COUNTED, [])
    lines += [f"{request.node.name}: {line}" for line in by_file(results)]


def by_file(results: list[Result]) -> list[str]:
    """Of each file, how many of its tests passed."""
    return [_line(file, [one for one in results if one.file == file]) for file in _files(results)]


def _files(results: list[Result]) -> list[str]:
    return sorted({one.file for one in results})


def _line(file: str, results: list[Result]) -> str:
    statuses = [one.status for one in results]
    skipped = statuses.count("skipped")
    counted = f"{statuses.count('passed')} of {len(statuses) - skipped} passed"
    return f"{file}: {counted}" + (f", {skipped} skipped by the vendor" if skipped else "")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if lines := config.stash.get(COUNTED, []):
        terminalreporter.section("tests through the vendor's JavaScript clients")
        for line in lines:
            terminalreporter.line(line)
