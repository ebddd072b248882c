"""Names and titles as people really choose them: shown as they are, and the same everywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.browser.eventually import eventually
from harness.browser.viewer import Viewer
from harness.plugin import NewParty
from harness.target import Party, StreamApi, Supabase, TokenEndpoint
from harness.target.personas import KINDS, Personas


@pytest.mark.check("G16")
def test_titles_of_every_kind_are_shown_as_they_are(
    new_party: NewParty, new_viewer: Callable[[Party], Viewer], supabase: Supabase, names: Personas
) -> None:
    parties = [new_party(names.title(kind), names.name("plain")) for kind in KINDS]
    viewer = new_viewer(parties[0])
    for party in parties:
        row = supabase.party_row(party.id)
        assert row["title"] == party.title, (
            f"expected the title {party.title!r}, the row has {row['title']!r}"
        )
        viewer.opens(party)

        def why_not_yet(wanted: str = party.title) -> str | None:
            shown = viewer.title
            return None if shown == wanted else f"expected the page to show {wanted!r}, it shows {shown!r}"

        eventually(why_not_yet, within=20)
        made = viewer.page.get_by_role("heading", level=1).locator("*").count()
        assert made == 0, f"expected text alone, the title {party.title!r} became {made} elements of the page"
        assert viewer.page.title() == party.title


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
