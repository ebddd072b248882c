"""What the contract tests start from, beside the party and its host's session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.errors import ServerError
from harness.target import Given, Party, Session, Supabase, Target


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks at the files of the run comes last, when there are most of them."""
    items.sort(key=lambda item: "in_the_files_of_the_run" in item.name)


@pytest.fixture(scope="session")
def page_origin(target: Target) -> str:
    """The origin from which the app's pages ask."""
    if target.allowed_origin is not None:
        return target.allowed_origin
    pages = urlsplit(target.needed("pages_url"))
    return f"{pages.scheme}://{pages.netloc}"


@pytest.fixture
def server_log(target: Target) -> Path:
    """The file that the token server logs to."""
    log = Path(target.needed("token_server_log"))
    if not log.is_file():
        raise ServerError(
            f"HARNESS_TOKEN_SERVER_LOG was expected to be a file, but {log} is none: name the log."
        )
    return log


@pytest.fixture(scope="module")
def standing_party(target: Target, request: pytest.FixtureRequest) -> Iterator[Party]:
    """One party for all tests of a module, where none of them changes anything."""
    if not (target.makes_people and target.makes_parties):
        given: Given = request.getfixturevalue("given")
        yield given.party
        return
    supabase: Supabase = request.getfixturevalue("supabase")
    host = supabase.create_user("Host")
    yield supabase.create_party(host, "Nothing changes here")
    supabase.delete(host)


@pytest.fixture(scope="module")
def standing_session(target: Target, request: pytest.FixtureRequest, standing_party: Party) -> Session:
    """A session of the host of `standing_party`."""
    if not (target.makes_people and target.makes_parties):
        given: Given = request.getfixturevalue("given")
        return given.session
    supabase: Supabase = request.getfixturevalue("supabase")
    return supabase.sign_in(standing_party.host)
