"""A party that nobody is to see: asked of the page, the row and Stream until all three say so."""

from __future__ import annotations

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.target import Party, StreamApi, Supabase

# Seconds: some pages tell what went wrong first, and take back what they did afterwards.
SETTLES_WITHIN = 20.0


def expect_off_air(host: Host, party: Party, supabase: Supabase, stream_api: StreamApi) -> None:
    """Raises Finding with who says that it is live, or which light is on, when that does not end."""
    host.reads_status("Not live", within=SETTLES_WITHIN)

    def why_not_yet() -> str | None:
        row, call = supabase.party_row(party.id), stream_api.call("livestream", party.id)
        if row["is_live"] is not False:
            return f"expected a row that is not live, it is {row}"
        if call is not None and not call["backstage"]:
            return "expected a call in backstage, Stream has it live"
        lit = host.on_light
        return f"expected no light on, the page still captures {lit}" if lit else None

    eventually(why_not_yet, within=SETTLES_WITHIN)
