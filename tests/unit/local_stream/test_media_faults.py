"""Media faults in the control API: add one, list them, take them back."""

from __future__ import annotations

from tests.unit.local_stream.server import LocalStream


def test_added_listed_and_taken_back(local_stream: LocalStream) -> None:
    http = local_stream.http
    rule = {"direction": "publish", "user_id": "nobody", "drop": True, "rate": 0.5, "seed": 7}
    answer = http.post("/_control/media_faults", json=rule)
    assert answer.status_code == 201
    added = answer.json()
    assert added == {"id": added["id"], **rule, "matches": 0, "hits": 0, "tracks": []}
    assert http.get("/_control/media_faults").json() == {"media_faults": [added]}
    assert http.get("/_control/faults").json() == {"faults": []}
    assert http.delete(f"/_control/media_faults/{added['id']}").json() == {"media_faults": []}
    gone = http.delete(f"/_control/media_faults/{added['id']}")
    assert (gone.status_code, "GET /_control/media_faults" in gone.json()["error"]) == (404, True)


def test_what_makes_no_sense_is_refused_with_a_sentence(local_stream: LocalStream) -> None:
    answer = local_stream.http.post("/_control/media_faults", json={"direction": "publish", "stall": True})
    assert answer.status_code == 400
    assert "stall needs seconds" in answer.json()["error"]


def test_all_can_be_taken_back_at_once(local_stream: LocalStream) -> None:
    http = local_stream.http
    http.post("/_control/media_faults", json={"direction": "publish", "user_id": "x", "drop": True})
    assert http.delete("/_control/media_faults").json() == {"media_faults": []}
    assert http.get("/_control/media_faults").json() == {"media_faults": []}
