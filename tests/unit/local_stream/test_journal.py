"""The journal: order, filters, and following it."""

from harness.local_stream.journal import Journal


def test_entries_are_in_order_and_complete() -> None:
    journal = Journal(clock=lambda: 12.5)
    journal.record(
        "client", "JoinCall", method="POST", path="/x", status=201, user_id="a", call_cid="l:1", created=True
    )
    assert journal.entries() == [
        {
            "seq": 1,
            "time": 12.5,
            "door": "client",
            "operation": "JoinCall",
            "method": "POST",
            "path": "/x",
            "status": 201,
            "user_id": "a",
            "call_cid": "l:1",
            "detail": {"created": True},
        }
    ]


def test_filters_narrow_together() -> None:
    journal = Journal()
    for user_id, cid, operation in (("a", "l:1", "GoLive"), ("b", "l:1", "GetCall"), ("a", "l:2", "GetCall")):
        journal.record("client", operation, user_id=user_id, call_cid=cid)
    assert [entry["seq"] for entry in journal.entries(call_cid="l:1")] == [1, 2]
    assert [entry["seq"] for entry in journal.entries(user_id="a", operation="GetCall")] == [3]
    assert journal.entries(user_id="b", call_cid="l:2") == []


def test_following_goes_on_after_a_clear() -> None:
    journal = Journal()
    journal.record("event", "call.created")
    seen = journal.entries()[-1]["seq"]
    journal.clear()
    assert journal.entries() == []
    journal.record("event", "call.ended")
    assert [entry["operation"] for entry in journal.entries(after_seq=seen)] == ["call.ended"]


def test_the_oldest_go_when_it_is_full() -> None:
    journal = Journal(limit=2)
    for operation in ("first", "second", "third"):
        journal.record("ws", operation)
    assert [entry["operation"] for entry in journal.entries()] == ["second", "third"]


def test_what_clients_make_long_is_cut() -> None:
    journal = Journal()
    much = "x" * 100_000
    journal.record(
        "client", "UpdateUsers", path=much, user_id=much, call_cid=much, message=much, users=[much] * 900
    )
    (entry,) = journal.entries()
    assert len(str(entry)) < 100_000
    assert entry["path"].endswith("x… (100000 characters)")
