"""The bench of the SFU: its light people are in the call, and what they do not get is seen."""

from __future__ import annotations

import httpx
import pytest

from bench.sfu import Party, Row, go_live, people
from tests.unit.local_stream.server import running

# Of what was sent: more than so much comes on a busy machine, and less when two of three lose half of theirs.
NEARLY_ALL = 0.83
SECONDS = 2.0


def test_what_is_forwarded_is_counted_and_what_is_lost_is_not() -> None:
    with running() as base_url, httpx.Client(base_url=base_url, timeout=30) as http:
        go_live(http)
        with people(base_url, "host") as host, people(base_url, "crowd") as crowd:
            party = Party(http, host, crowd)
            party.have(2)
            row = party.measure(SECONDS)
            assert row.viewers == 3
            assert row.delivered > NEARLY_ALL, row
            assert 0 < row.p50 <= row.p99
            assert 0 < row.core < 1
            lost = {"direction": "subscribe", "user_id": "viewer", "rate": 0.5, "drop": True}
            http.post("/_control/media_faults", json=lost).raise_for_status()
            assert party.measure(SECONDS).delivered < NEARLY_ALL


@pytest.mark.parametrize(
    ("delivered", "p50", "fails"), [(1.0, 3.0, False), (0.98, 3.0, True), (1.0, 60.0, True)]
)
def test_too_little_or_too_late_is_the_breaking_point(delivered: float, p50: float, fails: bool) -> None:
    row = Row(viewers=10, forwarded=2000, core=0.1, cpu=0.05, p50=p50, p99=90.0, delivered=delivered)
    assert row.fails is fails
