"""One running system for the tests that leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.target import transport
from harness.token_server import app, body, connections
from tests.unit.token_server.system import System, running

PATIENCE = 110.0  # seconds, just under the time limit of a test


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, _patient: None) -> Iterator[System]:
    """The reference token server; people and parties are made anew by each test."""
    with running(tmp_path_factory.mktemp("token-server") / "token-server.log") as system:
        yield system


@pytest.fixture(scope="session", autouse=True)
def _patient() -> Iterator[None]:
    """A machine with much else to do is no finding: the tests of time limits set limits of their own."""
    with pytest.MonkeyPatch.context() as patch:
        for limited in (app, body, connections, transport):
            patch.setattr(limited, "TIME_LIMIT", PATIENCE)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The small Stream leaves out most fields of an answer, of which the SDK warns."""
    for item in items:
        if "tests/unit/token_server" in item.path.as_posix():
            item.add_marker(pytest.mark.filterwarnings("ignore:.*value of non-optional type:RuntimeWarning"))
