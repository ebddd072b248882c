"""What the contract tests start from, beside the party and its host's session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.target import Given, Party, Session, Supabase, Target


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
    return Path(target.needed("token_server_log"))


@pytest.fixture(scope="module")
def standing_party(target: Target, request: pytest.FixtureRequest) -> Iterator[Party]:
    """One party for all tests of a module, where none of them changes anything."""
    if not target.makes_people:
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
    if not target.makes_people:
        given: Given = request.getfixturevalue("given")
        return given.session
    supabase: Supabase = request.getfixturevalue("supabase")
    return supabase.sign_in(standing_party.host)
