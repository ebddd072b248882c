"""One running system for the tests that leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.token_server.system import System, running


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The reference token server; people and parties are made anew by each test."""
    with running(tmp_path_factory.mktemp("token-server") / "token-server.log") as system:
        yield system


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The small Stream leaves out most fields of an answer, of which the SDK warns."""
    for item in items:
        if "tests/unit/token_server" in item.path.as_posix():
            item.add_marker(pytest.mark.filterwarnings("ignore:.*value of non-optional type:RuntimeWarning"))
