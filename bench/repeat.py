"""pytest plugin: `-p bench.repeat --repeat N` runs each test N times in one process."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--repeat", type=int, default=1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.fixturenames.append("run_number")
    metafunc.parametrize("run_number", range(metafunc.config.getoption("--repeat")))
