"""Who speaks, how loudly, and who speaks most."""

from __future__ import annotations

from harness.local_stream.sfu.speakers import SILENCE, Loudness, Speakers, Voice


def test_the_loudest_packet_counts_until_it_is_taken() -> None:
    loudness = Loudness()
    for extension in (b"\xbc", b"\x14", b"\xff", b""):
        loudness.hear(extension)
    assert loudness.take() == 0x14
    assert loudness.take() == SILENCE


def test_levels_are_amplitudes() -> None:
    assert Voice.of(0) == Voice(1.0, True)
    assert Voice.of(20) == Voice(0.1, True)
    assert Voice.of(60) == Voice(0.001, False)
    assert Voice.of(SILENCE) == Voice(0.0, False)


def test_only_what_changed_is_told() -> None:
    speakers = Speakers()
    assert speakers.listen({"a": SILENCE, "b": 20}) == {"b": Voice(0.1, True)}
    assert speakers.listen({"a": SILENCE, "b": 20}) == {}
    assert speakers.listen({"a": 20, "b": SILENCE}) == {"a": Voice(0.1, True), "b": Voice()}


def test_who_speaks_keeps_the_floor_from_who_is_hardly_louder() -> None:
    speakers = Speakers()
    assert not _elected(speakers, a=SILENCE, b=SILENCE)
    assert _elected(speakers, a=20, b=30)
    assert speakers.dominant == "a"
    assert not _elected(speakers, a=20, b=18)
    assert _elected(speakers, a=20, b=10)
    assert speakers.dominant == "b"


def test_in_silence_who_spoke_last_stays_until_it_leaves() -> None:
    speakers = Speakers()
    _elected(speakers, a=20)
    assert not _elected(speakers, a=SILENCE)
    assert speakers.dominant == "a"
    assert not _elected(speakers, b=SILENCE)
    assert speakers.dominant is None
    assert _elected(speakers, b=30)


def _elected(speakers: Speakers, **loudness: int) -> bool:
    speakers.listen(loudness)
    return speakers.elect()
