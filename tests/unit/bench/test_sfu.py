"""The bench of the SFU: its light people are in the call, and what they do not get is seen."""

from __future__ import annotations

import httpx

from bench.sfu import SECONDS, Party, go_live, people
from tests.unit.local_stream.server import running


def test_what_is_forwarded_is_counted_and_what_is_lost_is_a_failure() -> None:
    with running() as base_url, httpx.Client(base_url=base_url, timeout=30) as http:
        go_live(http)
        with people(base_url, "host") as host, people(base_url, "crowd") as crowd:
            party = Party(http, host, crowd)
            party.have(2)
            row = party.measure(SECONDS / 5)
            assert (row.viewers, row.fails) == (3, False), row
            assert 0 < row.p50 <= row.p99
            assert 0 < row.core < 1
            lost = {"direction": "subscribe", "user_id": "viewer", "rate": 0.5, "drop": True}
            http.post("/_control/media_faults", json=lost).raise_for_status()
            assert party.measure(SECONDS / 5).fails
