"""Names and titles as people really choose them: shown as they are, and the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Locator

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.plugin import NewHost, NewParty
from harness.target import Party, StreamApi, Supabase, TokenEndpoint
from harness.target.personas import KINDS, Personas


@pytest.mark.check("G16")
def test_titles_of_every_kind_are_shown_as_they_are(
    new_party: NewParty,
    new_host: NewHost,
    new_viewer: Callable[[Party], Viewer],
    supabase: Supabase,
    names: Personas,
) -> None:
    first = new_party(names.title(KINDS[0]), names.name("plain"))
    parties = [first, *(supabase.create_party(first.host, names.title(kind)) for kind in KINDS[1:])]
    viewer = new_viewer(first)
    for party in parties:
        row = supabase.party_row(party.id)
        assert row["title"] == party.title, (
            f"expected the title {party.title!r}, the row has {row['title']!r}"
        )
        shows_its_title(viewer.opens(party), party)
    if viewer.target.host.url is not None:
        return  # a target file says of no other place that the title is there
    host = new_host(first)
    for party in parties:
        shows_its_title(host.opens(party), party)
    host.page.goto(f"{host.target.pages_url}/")
    for party in parties:
        listed = host.page.locator(f"a[href*='{party.id}']").get_by_text(party.title, exact=True)
        eventually(partial(not_listed, listed, party), within=20)


def not_listed(listed: Locator, party: Party) -> str | None:
    return None if listed.count() == 1 else f"expected {party.title!r} in the list, it is not there"


def shows_its_title(person: Host | Viewer, party: Party) -> None:
    """As text, in the heading and in the document's title."""

    def why_not_yet() -> str | None:
        shown, wanted = {person.title, person.page.title()}, party.title
        if shown == {wanted}:
            return None
        return f"expected the page of {person.who} to show {wanted!r}, its heading and title are {shown}"

    eventually(why_not_yet, within=20)
    made = person.page.get_by_role("heading", level=1).locator("*").count()
    assert made == 0, f"expected text alone, the title {party.title!r} became {made} elements of the page"


@pytest.mark.check("G16")
def test_names_of_every_kind_are_the_same_on_stream(
    new_party: NewParty,
    supabase: Supabase,
    stream_api: StreamApi,
    token_endpoint: TokenEndpoint,
    names: Personas,
) -> None:
    for kind in KINDS:
        party = new_party(names.title("plain"), names.name(kind))
        session = supabase.sign_in(party.host)
        answer = token_endpoint.ask(session.access_token, {"callType": "livestream", "callId": party.id})
        wanted = party.host.name
        assert answer.json["userName"] == wanted, f"expected {wanted!r}, the answer has {answer.shown}"
        user = stream_api.user(party.host.id)
        assert user is not None, f"expected {wanted!r} on Stream, there is nobody"
        assert user["name"] == wanted, f"expected {wanted!r}, Stream has {user['name']!r}"
