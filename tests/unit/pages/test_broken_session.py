"""A session that is refused ends by itself: why is still to be read, until somebody signs in."""

from __future__ import annotations

from harness.browser.eventually import eventually
from harness.browser.host import Host
from tests.e2e.spoilt_session import spoil_session

REFUSED = "Stream auth failed (Invalid auth). Please refresh and try again."
SIGNS_OUT_WITHIN = 30_000  # ms; the page looks every 3 s whether the party is live


def test_sentence_outlives_the_session_and_not_the_next_one(host: Host) -> None:
    spoil_session(host.page, None)
    host.clicks_go_live().reads_error(REFUSED)
    host.page.get_by_role("heading", name="Sign in").wait_for(timeout=SIGNS_OUT_WITHIN)
    host.reads_error(REFUSED)

    host.signs_in()
    eventually(lambda: still_told(host), within=20)


def still_told(host: Host) -> str | None:
    """Why the page is not ready for the next person."""
    return f"expected nothing of the session before, the page shows {host.error!r}" if host.error else None
