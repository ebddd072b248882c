"""The party's row cannot be saved once Stream has the party live: told, and the state is never split."""

from __future__ import annotations

import pytest

from harness.browser.fault import Fault, answers, breaks_off, loses_the_answer, saves_party
from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.plugin import NothingLive
from harness.target import Party, Target

DOWN = {"code": "57P03", "message": "the database system is starting up", "details": None, "hint": None}
EFFECTS = {
    "an update answered by 500": answers(500, DOWN),
    "an update that the network breaks off": breaks_off,
    "an update whose answer is lost": loses_the_answer,
}


@pytest.mark.check("N06")
def test_failed_update_is_told_and_neither_is_live(
    host: Host, party: Party, viewer: Viewer, target: Target, off_air: NothingLive
) -> None:
    for name, effect in EFFECTS.items():
        with Fault(host, saves_party(target), effect, name) as fault:
            host.clicks_go_live()
            fault.bites()
            host.is_refused("/party/")
            assert host.recorder.operations("go_live"), "expected a row that failed after go_live"
            off_air(party, host)

    host.goes_live()
    viewer.sees(host)
