"""The camera that was chosen on another day is not there: really asked for and refused, and chosen anew."""

from __future__ import annotations

import json

from harness.browser.rehearsal import Rehearsal

CHOSEN = "listening-party-devices"  # where the page remembers it
GONE = "0b3f8c1d9a7e5f2c4d6b8a0e1f3c5d7b9a2e4f6c8d0b1a3e5f7c9d2b4a6e8f0c"  # as ids of devices look
UNSUITABLE = "Selected device constraints not supported. Try selecting different devices."


def test_a_chosen_camera_that_went_away(rehearsal: Rehearsal) -> None:
    host = rehearsal.host
    host.page.evaluate(
        "([key, value]) => localStorage.setItem(key, value)", [CHOSEN, json.dumps({"camera": GONE})]
    )
    host.reloads()
    asked = len(host.media_requests())
    try:
        host.clicks_go_live().reads_error(UNSUITABLE)
        last = host.media_requests()[asked:][-1]
        assert last.constraints["video"]["deviceId"] == {"exact": GONE}
        assert (last.error_name, last.constraint) == ("OverconstrainedError", "deviceId")
        assert not last.simulated
    finally:
        host.page.get_by_label("Camera to use").select_option(label="The browser\u2019s choice")
    rehearsal.goes_well()
