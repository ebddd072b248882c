"""Outages of the SFU in the control API: who is hit, and how it refuses."""

from __future__ import annotations

import pytest

from tests.unit.local_stream.server import LocalStream


@pytest.mark.parametrize("action", ["go_away", "cut_signalling", "cut_media"])
def test_nobody_is_hit_where_nobody_is(local_stream: LocalStream, action: str) -> None:
    answer = local_stream.http.post(f"/_control/sfu/{action}", json={"call_cid": "livestream:nobody"})
    assert (answer.status_code, answer.json()) == (200, {"sessions": []})
    [entry] = local_stream.journal(operation=action, call_cid="livestream:nobody")
    assert entry["door"] == "fault"


@pytest.mark.parametrize(
    ("action", "body", "status", "sentence"),
    [
        ("explode", {}, 404, "the SFU has no outage 'explode': expected restart, go_away"),
        ("restart", {"user_id": "x"}, 400, "user_id is no field of restart: it is about all calls"),
        (
            "go_away",
            {"colour": "x"},
            400,
            "colour is no field of go_away: expected some of call_cid, user_id",
        ),
        ("go_away", {"user_id": 1}, 400, "user_id"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    local_stream: LocalStream, action: str, body: dict[str, object], status: int, sentence: str
) -> None:
    answer = local_stream.http.post(f"/_control/sfu/{action}", json=body)
    assert answer.status_code == status
    assert sentence in answer.json()["error"]
