"""What one viewer gets stays one stream, whatever happens to its source."""

from hypothesis import given
from hypothesis import strategies as st

from harness.local_stream.sfu.rewrite import Outgoing, Rewriter, Run
from harness.local_stream.sfu.rtp import MID, OUTGOING_IDS, Packet
from tests.unit.local_stream.sfu.test_rtp import packet

CLOCK = 90_000


def rewriter(rtx: tuple[int, int] = (0, 0), codec: str = "") -> Rewriter:
    return Rewriter(Outgoing(1000, 96, CLOCK, "4", rtx_ssrc=rtx[0], rtx_payload_type=rtx[1], codec=codec))


def origin_of(one: Rewriter, sequence: int) -> tuple[Run, int]:
    found = one.origin(sequence)
    assert found is not None
    return found


def sent(to: Rewriter, source: Packet, at: float = 0.0) -> Packet:
    return Packet.parse(to.media(source, b"", at))


def test_identity_is_the_viewers_own() -> None:
    one = rewriter()
    source = packet(
        ssrc=5, payload_type=120, sequence=77, timestamp=3000, extensions={9: b"0"}, payload=b"vp8"
    )
    one.begin(source, 0.0)
    out = sent(one, source)
    assert (out.ssrc, out.payload_type, out.payload) == (1000, 96, b"vp8")
    assert out.extensions == {OUTGOING_IDS[MID]: b"4"}


@given(st.integers(0, 0xFFFF), st.lists(st.integers(1, 3), max_size=50))
def test_gaps_of_the_source_stay_gaps(first: int, steps: list[int]) -> None:
    """So that the viewer asks for what is missing, and gets it once it is there."""
    one, sequence = rewriter(), first
    one.begin(packet(sequence=first), 0.0)
    before = sent(one, packet(sequence=sequence)).sequence
    for step in steps:
        sequence = (sequence + step) & 0xFFFF
        after = sent(one, packet(sequence=sequence)).sequence
        assert (after - before) & 0xFFFF == step
        before = after


@given(st.integers(0, 0xFFFF), st.integers(1, 0xFFFF))
def test_pause_closes_the_sequence_and_keeps_the_time(first: int, missed: int) -> None:
    one = rewriter()
    one.begin(packet(sequence=first), 0.0)
    before = sent(one, packet(sequence=first, timestamp=1000))
    resumed = packet(sequence=(first + missed) & 0xFFFF, timestamp=1000 + 5 * CLOCK)
    one.begin(resumed, 99.0)
    after = sent(one, resumed, 5.0)
    assert (after.sequence - before.sequence) & 0xFFFF == 1
    assert after.timestamp - before.timestamp == 5 * CLOCK


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF))
def test_another_source_goes_on_where_the_last_one_stood(sequence: int, timestamp: int) -> None:
    one = rewriter()
    one.begin(packet(sequence=9, timestamp=500), 0.0)
    before = sent(one, packet(sequence=9, timestamp=500), 10.0)
    other = packet(ssrc=99, sequence=sequence, timestamp=timestamp)
    one.begin(other, 0.5)
    after = sent(one, other, 10.5)
    assert (after.sequence - before.sequence) & 0xFFFF == 1
    assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == CLOCK // 2


def test_packets_from_before_the_beginning_are_not_covered() -> None:
    one = rewriter()
    one.begin(packet(sequence=0), 0.0)
    assert one.covers(packet(sequence=1))
    assert not one.covers(packet(sequence=0xFFFF))
    assert not one.covers(packet(sequence=1, ssrc=4))


def test_retransmission_goes_out_on_its_own_stream_with_the_number_that_was_lost() -> None:
    one = rewriter(rtx=(2000, 97))
    one.begin(packet(sequence=100), 0.0)
    sent(one, packet(sequence=100))
    one.begin(packet(sequence=300), 1.0)  # after a pause: the viewer's numbers differ from the source's
    lost = sent(one, packet(sequence=301, payload=b"lost"))
    run, number = origin_of(one, lost.sequence)
    assert number == 301
    source = packet(sequence=301, payload=b"lost")
    first, second = (Packet.parse(one.again(source, b"", run)) for _ in range(2))
    assert (first.ssrc, first.payload_type) == (2000, 97)
    assert first.payload == lost.sequence.to_bytes(2, "big") + b"lost"
    assert (second.sequence - first.sequence) & 0xFFFF == 1


def test_retransmission_without_rtx_repeats_the_packet() -> None:
    one = rewriter()
    one.begin(packet(sequence=1), 0.0)
    run, _ = origin_of(one, 1)
    assert one.media(packet(sequence=1), b"", 0.0) == one.again(packet(sequence=1), b"", run)


def test_what_was_lost_before_a_change_of_sources_is_still_known() -> None:
    one = rewriter(rtx=(2000, 97))
    one.begin(packet(sequence=100, ssrc=5), 0.0)
    lost = sent(one, packet(sequence=100, ssrc=5, timestamp=7))
    one.begin(packet(sequence=9000, ssrc=6), 0.1)
    sent(one, packet(sequence=9000, ssrc=6))
    run, number = origin_of(one, lost.sequence)
    assert (run.source, number) == (5, 100)
    again = Packet.parse(one.again(packet(sequence=100, ssrc=5, timestamp=7), b"", run))
    assert (again.payload[:2], again.timestamp) == (lost.sequence.to_bytes(2, "big"), 7)


def test_number_from_before_everything_has_no_origin() -> None:
    one = rewriter()
    assert one.origin(3) is None
    one.begin(packet(sequence=100), 0.0)
    assert one.origin(99) is None
