"""What every contract test starts from: the party's host, signed in."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from harness.target import Party, Session, Supabase, Target


@pytest.fixture
def host_session(supabase: Supabase, party: Party) -> Session:
    """A session of the party's host."""
    return supabase.sign_in(party.host)


@pytest.fixture(scope="session")
def page_origin(target: Target) -> str:
    """The origin from which the app's pages ask."""
    pages = urlsplit(target.pages_url)
    return f"{pages.scheme}://{pages.netloc}"
