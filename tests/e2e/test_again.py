"""The host comes back: by a reload, in a second tab, by a second click: one call and one host."""

from __future__ import annotations

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import LIVE, Host
from harness.browser.steps import ON_STREAM, expected_steps, misstep, steps_on_stream
from harness.browser.viewer import Viewer
from harness.plugin import SecondTab
from harness.target import Party, StreamApi, StreamJournal


@pytest.mark.check("G11")
def test_host_reloads_and_goes_live_again(
    host: Host, viewer: Viewer, party: Party, stream_api: StreamApi, stream_journal: StreamJournal | None
) -> None:
    host.goes_live()
    viewer.sees(host)
    before, steps = stream_api.call("livestream", party.id), len(host.steps())
    deeds = len(stream_journal.deeds(party.host_id)) if stream_journal else 0

    host.reloads().knows_of_another_tab()
    host.goes_live()
    after = stream_api.call("livestream", party.id)
    assert before is not None
    assert after is not None
    assert after["created_at"] == before["created_at"], "expected the same call, Stream has another"
    calls = [call["cid"] for call in stream_api.calls_created_by(party.host_id)]
    assert calls == [before["cid"]], f"expected one call of this host, {before['cid']}, Stream has {calls}"
    viewer.sees(host).hears(host)
    wrong = misstep(host.steps()[steps:], expected_steps(host.target))
    assert wrong is None, f"expected each step once after the reload, came {wrong}"
    if stream_journal is not None:
        again = steps_on_stream(stream_journal.deeds(party.host_id)[deeds:])
        assert (wrong := misstep(again, ON_STREAM)) is None, f"after the reload came to Stream: {wrong}"


@pytest.mark.check("G11")
def test_host_whose_network_was_away_does_nothing_twice(host: Host, viewer: Viewer) -> None:
    host.goes_live()
    viewer.sees(host)
    before = len(host.steps())
    host.loses_network().reconnects()
    viewer.sees(host).hears(host)
    again = {step.name for step in host.steps()[before:]} & {"go live", "party row"}
    assert not again, f"expected a host who stays live, the page did once more: {', '.join(sorted(again))}"
    host.reads_status(LIVE)


@pytest.mark.check("G11")
def test_second_tab_is_told_and_takes_over(
    host: Host, viewer: Viewer, party: Party, second_tab: SecondTab, stream_api: StreamApi
) -> None:
    host.goes_live()
    viewer.sees(host)
    tab = second_tab(host, party).knows_of_another_tab()

    tab.goes_live()
    host.knows_of_another_tab()
    eventually(lambda: still_on(host), within=20)
    viewer.sees(tab)
    assert tab.reads(LIVE), f"expected the second tab to stay live, it says {tab.status!r}"
    eventually(lambda: not_once(party, stream_api), within=20)


@pytest.mark.check("G12")
def test_double_click_does_everything_once(
    host: Host, viewer: Viewer, party: Party, stream_api: StreamApi, stream_journal: StreamJournal | None
) -> None:
    host.double_clicks("Go live").reads_status(LIVE)
    did_each_step_once(host)  # first: of two that go live at once, either may take the picture away
    viewer.sees(host)
    did_each_step_once(host)
    eventually(lambda: not_once(party, stream_api), within=20)
    if stream_journal is not None:
        came = [step.name for step in steps_on_stream(stream_journal.deeds(party.host_id))]
        assert came == list(ON_STREAM), f"expected each step to reach Stream once, came {', '.join(came)}"


def did_each_step_once(host: Host) -> None:
    wrong = misstep(host.steps(), expected_steps(host.target))
    assert wrong is None, f"expected each step once, came {wrong}"


def not_once(party: Party, stream_api: StreamApi) -> str | None:
    """Why the host is not in the call once."""
    there = stream_api.participants("livestream", party.id)
    once = there.count(party.host_id) == 1
    return None if once else f"expected the host once in the call, Stream has {there}"


def still_on(first: Host) -> str | None:
    """Why the first tab has not let go."""
    return f"expected the first tab to let go, it captures {first.on_light}" if first.on_light else None
