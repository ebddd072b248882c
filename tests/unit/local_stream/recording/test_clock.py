"""One time line for picture and sound."""

import pytest

from harness.local_stream.recording.clock import BELIEVED, Clock, Person
from harness.local_stream.sfu.rtcp import SenderReport

NTP_SECONDS = 3_900_000_000


def report(seconds: float, timestamp: int) -> SenderReport:
    return SenderReport(1, int((NTP_SECONDS + seconds) * 2**32), timestamp, 0, 0)


def test_without_reports_it_counts_from_the_first_arrival_over_the_wrap() -> None:
    clock = Clock(90_000, Person())
    assert clock.seconds(0xFFFF_FFFF, 10.0) == 10.0
    assert clock.seconds(89_999, 11.3) == pytest.approx(11.0)
    assert clock.seconds(44_999, 11.4) == pytest.approx(10.5)


def test_reports_bring_picture_and_sound_together() -> None:
    """Taken at one moment; the picture came 0.3 s later, as its encoder took its time."""
    person = Person()
    sound, picture = Clock(48_000, person), Clock(90_000, person)
    sound.note(report(1.0, 5_000))
    picture.note(report(1.0, 700_000))
    heard = sound.seconds(5_000 + 48_000, 20.0)
    seen = picture.seconds(700_000 + 90_000, 20.3)
    assert seen == pytest.approx(heard)


def test_a_report_that_can_not_be_is_not_believed() -> None:
    clock = Clock(90_000, Person())
    clock.note(report(0.0, 0))
    assert clock.seconds(0, 50.0) == pytest.approx(50.0)
    clock.note(report(BELIEVED + 60, 0))
    assert clock.seconds(90_000, 51.0) == pytest.approx(51.0)
