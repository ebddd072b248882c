"""What each media fault does to packets: exactly, and the same in every run."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.local_stream.sfu.disturbance import QUEUE_SECONDS, SPARED, Disturbance
from harness.local_stream.sfu.media_path import MediaPath
from harness.local_stream.sfu.media_rule import Place, read_media_rule
from harness.local_stream.sfu.rtp import Packet, payload_start, write
from tests.unit.local_stream.sfu.packet_clock import PacketClock
from tests.unit.local_stream.sfu.test_rtp import packet

HERE = Place("livestream:party", "host", "session", "publish", "video")
PAYLOAD = bytes(range(100))


class Way:
    """A path with faults on it; `arrived` is when which packet (by number) came through."""

    def __init__(self, *rules: dict[str, object]) -> None:
        self.clock = PacketClock()
        self.arrived: list[tuple[float, int]] = []
        self.payloads: list[bytes] = []
        self.counts = [Counter[str]() for _ in rules]
        self.first_hits = 0
        self.path = MediaPath(HERE, self._arrive)
        self.path.put(
            [
                Disturbance(read_media_rule({"direction": "publish", **rule}), counts, self._hit, self.clock)
                for rule, counts in zip(rules, self.counts, strict=True)
            ]
        )

    def send(self, *numbers: int, every: float = 0.0) -> Way:
        for number in numbers:
            self.path.send(rtp(number))
            self.clock.passes(every)
        return self

    @property
    def numbers(self) -> list[int]:
        return [number for _, number in self.arrived]

    def times(self) -> list[float]:
        return [round(at - 100.0, 3) for at, _ in self.arrived]

    def _arrive(self, data: bytes) -> None:
        came = Packet.parse(data)
        self.arrived.append((self.clock.time(), came.sequence))
        self.payloads.append(came.payload)

    def _hit(self) -> None:
        self.first_hits += 1


def rtp(sequence: int) -> bytes:
    source = packet(sequence=sequence, payload=PAYLOAD)
    return write(
        source,
        ssrc=1,
        payload_type=96,
        sequence=sequence,
        timestamp=0,
        elements=b"\x10\x30",
        payload=source.payload,
    )


def test_named_packets_are_dropped_and_no_other() -> None:
    way = Way({"drop": True, "packets": [2, 5]}).send(*range(1, 8))
    assert way.numbers == [1, 3, 4, 6, 7]
    assert way.counts == [{"matches": 7, "hits": 2, "dropped": 2}]
    assert way.first_hits == 1


def test_every_third_packet_is_dropped() -> None:
    assert Way({"drop": True, "every": 3}).send(*range(1, 8)).numbers == [1, 2, 4, 5, 7]


def test_a_burst_drops_so_many_in_a_row() -> None:
    assert Way({"drop": True, "packets": [2], "burst": 3}).send(*range(1, 8)).numbers == [1, 5, 6, 7]


def test_a_rate_repeats_with_its_seed() -> None:
    def lost(seed: int) -> list[int]:
        way = Way({"drop": True, "rate": 0.2, "seed": seed}).send(*range(1000))
        assert 150 < way.counts[0]["dropped"] < 250
        return way.numbers

    assert lost(7) == lost(7)
    assert lost(7) != lost(8)


def test_everything_is_late_in_order() -> None:
    way = Way({"delay_ms": 200}).send(1, 2, 3, every=0.01)
    assert way.numbers == []
    way.clock.passes(1)
    assert list(zip(way.times(), way.numbers, strict=True)) == [(0.2, 1), (0.21, 2), (0.22, 3)]
    assert way.counts[0]["delayed"] == 3


def test_jitter_is_seeded_within_its_bounds_and_keeps_the_order() -> None:
    def came(seed: int) -> list[float]:
        way = Way({"delay_ms": 100, "jitter_ms": 50, "seed": seed}).send(*range(20), every=0.1)
        way.clock.passes(1)
        assert way.numbers == list(range(20))
        late = [at - 0.1 * number for at, number in zip(way.times(), range(20), strict=True)]
        assert 0.099 <= min(late) < max(late) <= 0.151
        assert max(late) - min(late) > 0.02
        return way.times()

    assert came(1) == came(1)
    assert came(1) != came(2)


def test_a_late_packet_among_punctual_ones_is_overtaken() -> None:
    way = Way({"delay_ms": 25, "packets": [2]}).send(1, 2, 3, 4, 5, 6, every=0.01)
    assert way.numbers == [1, 3, 4, 2, 5, 6]


def test_a_reordered_packet_comes_after_so_many_later_ones() -> None:
    way = Way({"reorder": 2, "packets": [2]}).send(1, 2, 3, 4, 5)
    assert way.numbers == [1, 3, 4, 2, 5]
    assert way.counts[0]["reordered"] == 1


def test_a_packet_that_nothing_overtakes_comes_all_the_same() -> None:
    way = Way({"reorder": 5, "packets": [1]}).send(1, 2)
    assert way.numbers == [2]
    way.clock.passes(1)
    assert way.numbers == [2, 1]


def test_a_duplicate_comes_twice() -> None:
    way = Way({"duplicate": True, "packets": [2]}).send(1, 2, 3)
    assert way.numbers == [1, 2, 2, 3]
    assert way.counts[0]["duplicated"] == 1


def test_corruption_changes_so_many_bytes_behind_the_codecs_header() -> None:
    way = Way({"corrupt": 3, "packets": [2]}).send(1, 2)
    whole, broken = way.payloads
    assert whole == PAYLOAD
    changed = [at for at, byte in enumerate(broken) if byte != PAYLOAD[at]]
    assert len(changed) == 3
    assert min(changed) >= SPARED
    again = Way({"corrupt": 3, "packets": [2]}).send(1, 2)
    assert again.payloads[1] == broken


def test_a_narrow_path_takes_its_time_and_overflows() -> None:
    size = len(rtp(1))
    way = Way({"bandwidth_kbps": 100}).send(*range(100))
    way.clock.passes(5)
    fitting = int(QUEUE_SECONDS / (size * 8 / 100_000))
    assert way.numbers == list(range(fitting))
    assert way.counts[0] == {"matches": 100, "hits": 100, "delayed": fitting, "dropped": 100 - fitting}
    assert way.times()[-1] == pytest.approx(fitting * size * 8 / 100_000, abs=0.001)


def test_a_stall_holds_everything_and_then_lets_it_come_at_once() -> None:
    way = Way({"stall": True, "seconds": 2}).send(1, 2, 3, every=0.5)
    assert way.numbers == []
    way.clock.passes(1)
    way.send(4)
    assert list(zip(way.times(), way.numbers, strict=True)) == [(2.0, 1), (2.0, 2), (2.0, 3), (2.5, 4)]
    assert way.counts[0] == {"matches": 4, "hits": 3, "delayed": 3}


def test_a_fault_ends_by_itself_after_its_seconds() -> None:
    way = Way({"drop": True, "seconds": 1}).send(1, 2, 3, 4, every=0.4)
    assert way.numbers == [4]


def test_what_is_held_comes_at_once_when_the_fault_is_taken_back() -> None:
    way = Way({"delay_ms": 5000}, {"reorder": 9, "packets": [3]}).send(1, 2, 3)
    way.path.put([])
    assert way.numbers == [1, 2, 3]
    assert not way.path.disturbed
    way.clock.passes(10)
    assert way.numbers == [1, 2, 3]


def test_faults_stand_one_behind_the_other() -> None:
    way = Way({"drop": True, "every": 2}, {"duplicate": True}).send(1, 2, 3)
    assert way.numbers == [1, 1, 3, 3]
    assert [each["matches"] for each in way.counts] == [3, 2]


def test_where_a_payload_begins() -> None:
    assert rtp(1)[payload_start(rtp(1)) :] == PAYLOAD
