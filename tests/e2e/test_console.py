"""The browser's console tells how going live went: each step with its call, and no secret."""

from __future__ import annotations

import re

import pytest

from harness.browser.host import Host
from harness.browser.recorder import IDS_IN_CONSOLE, PAGES_OWN
from harness.browser.viewer import Viewer
from harness.target import Party, Session, Target
from tests.contract.secret_search import SecretSearch

# Consoles show of a long text its two ends alone.
TOKEN_BEGINS = re.compile(r"eyJ[\w-]{6,}")
# What a line about the step says, in whatever words.
STEPS = {
    "token asked for": r"fetching.*token",
    "token received": r"token.*(received|fetched)",
    "client": r"client.*created",
    "join": r"join(ed|ing)",
    "camera": r"camera",
    "microphone": r"mic",
    "track status": r"track.*status",
    "live": r"\blive\b",
    "database": r"database",
}


@pytest.mark.check("N07")
def test_console_tells_each_step_and_no_secret(
    host: Host, viewer: Viewer, party: Party, target: Target, host_session: Session
) -> None:
    host.goes_live()
    viewer.sees(host)
    said = host.recorder.console
    own = [line for line in said if line.startswith(PAGES_OWN)]
    assert own, f"expected lines that begin with {PAGES_OWN}, the console has {said}"

    about = [line for line in own if names_the_call(line, party)]
    untold = [
        step for step, words in STEPS.items() if not any(re.search(words, line, re.I) for line in about)
    ]
    assert not untold, f"expected a line with callType and callId for each step; none of {untold} in {own}"

    search = SecretSearch.of(target, {"session": host_session.access_token})
    for who in (host, viewer):
        console = "\n".join(who.recorder.console)
        search.expect_none(f"the console of {who.who}", console)
        for line in console.splitlines():
            begun = TOKEN_BEGINS.search(line)
            assert not begun, (
                f"expected no secret in the console of {who.who}, a signed token begins there, "
                f"in the line {line[: begun.start()]!r}"
            )


def names_the_call(line: str, party: Party) -> bool:
    """Whether the line has the callType and callId of the party's call."""
    found = IDS_IN_CONSOLE.search(line)
    return found is not None and (found["type"], found["id"]) == ("livestream", party.id)
