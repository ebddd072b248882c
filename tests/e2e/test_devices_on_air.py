"""Which devices are on air: those that the host chose, and as long as the host wants."""

from __future__ import annotations

import pytest

from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.target.stream_journal import StreamJournal


@pytest.mark.check("G09", "G10")
def test_microphone_alone_then_the_camera_too(host: Host, viewer: Viewer) -> None:
    host.turns("Camera", on=False).goes_live()
    viewer.hears(host)
    captures_only(host, "audio")
    assert viewer.received_media_bytes().video == 0, "expected sound alone, video came"

    host.turns("Camera", on=True)
    viewer.sees(host).hears(host)


@pytest.mark.check("G09", "G10")
def test_camera_alone_then_the_microphone_too(host: Host, viewer: Viewer) -> None:
    host.turns("Microphone", on=False).goes_live()
    viewer.sees(host).hears_nothing()
    captures_only(host, "video")
    assert viewer.received_media_bytes().audio == 0, "expected a picture alone, audio came"

    host.turns("Microphone", on=True)
    viewer.hears(host).sees(host)


@pytest.mark.check("G10")
def test_muting_and_unmuting_reaches_the_viewer(
    host: Host, viewer: Viewer, stream_journal: StreamJournal | None
) -> None:
    host.goes_live()
    viewer.sees(host).hears(host)
    told = mutes(stream_journal, host)

    host.turns("Camera", on=False)
    viewer.sees_nothing().hears(host)
    assert host.on_light == ["microphone"], f"expected the camera's light off, on are {host.on_light}"
    host.turns("Camera", on=True)
    viewer.sees(host)

    host.turns("Microphone", on=False)
    viewer.hears_nothing().sees(host)
    host.turns("Microphone", on=True)
    viewer.hears(host)
    if told is not None:
        stream_is_told(stream_journal, host, 4 + told)


def mutes(journal: StreamJournal | None, host: Host) -> int | None:
    """How often Stream was told of this host's mutes; None where it cannot be asked."""
    if journal is None or host.account is None:
        return None
    return [deed.operation for deed in journal.deeds(host.account.id)].count("UpdateMuteStates")


def stream_is_told(journal: StreamJournal | None, host: Host, times: int) -> None:
    """A mute that Stream is not told of stops the media, and no viewer is told why."""

    def why_not_yet() -> str | None:
        came = mutes(journal, host)
        return (
            None if (came or 0) >= times else f"expected {times} mute states to reach Stream, it has {came}"
        )

    eventually(why_not_yet, within=20)


def captures_only(host: Host, kind: str) -> None:
    """Of camera and microphone the page never asked for the other, has it on, or sent of it."""
    asked = [sorted(request.kinds) for request in host.media_requests()]
    assert asked == [[kind]], f"expected one request for {kind} alone, the page asked for {asked}"
    sent = host.probe.sent_media_bytes()
    other = sent.video if kind == "audio" else sent.audio
    assert other == 0, f"expected {kind} alone to leave the host, sent {sent}"
    assert host.probe.capturing() == [kind], f"expected one light on, on are {host.on_light}"
