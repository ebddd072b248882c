"""What can still be sent again."""

from harness.local_stream.sfu.history import History
from tests.unit.local_stream.sfu.test_rtp import packet


def test_packet_is_found_until_size_later_ones_came() -> None:
    history = History(size=4)
    first = packet(sequence=0xFFFE)
    history.add(first, b"level")
    for later in (0xFFFF, 0, 1):
        history.add(packet(sequence=later), b"")
        assert history.find(first.ssrc, 0xFFFE) == (first, b"level")
    history.add(packet(sequence=2), b"")
    assert history.find(first.ssrc, 0xFFFE) is None


def test_packet_of_another_source_is_not_mistaken_for_it() -> None:
    history = History()
    history.add(packet(sequence=5, ssrc=1), b"")
    assert history.find(2, 5) is None
    assert history.find(1, 5 + 512) is None
