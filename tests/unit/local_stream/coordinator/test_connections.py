"""Who is connected: found by user and by call; whoever reads nothing is let go."""

from datetime import UTC, datetime

import pytest

from harness.local_stream import unread
from harness.local_stream.coordinator.connections import Connection, Connections
from harness.local_stream.coordinator.users import User
from tests.unit.local_stream.crowd import crowd
from tests.unit.local_stream.server import LocalStream, eventually
from tests.unit.own_loop import in_loop_of_its_own

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def connection(name: str, user_id: str) -> Connection:
    return Connection(name, User(user_id, NOW, NOW))


def test_watchers_and_members_each_once() -> None:
    both, watcher, member, stranger = (connection(name, name) for name in ("both", "watcher", "member", "x"))
    known = Connections()
    for each in (stranger, both, watcher, member):
        known.add(each)
    known.watch(watcher, "livestream:a")
    known.watch(both, "livestream:a")
    known.watch(stranger, "livestream:b")
    assert known.concerned("livestream:a", ["both", "member", "nobody"]) == [watcher, both, member]


def test_who_left_is_forgotten_wherever_it_was_known() -> None:
    known, tab, other_tab = Connections(), connection("1", "user"), connection("2", "user")
    for each in (tab, other_tab):
        known.add(each)
        known.watch(each, "livestream:a")
    assert known.remove(tab)
    assert not known.remove(tab)
    assert known.get("1") is None
    assert known.concerned("livestream:a", ["user"]) == [other_tab]
    known.remove(other_tab)
    assert (len(known), known.concerned("livestream:a", ["user"])) == (0, [])
    assert not any(vars(known).values())


@pytest.mark.parametrize(
    ("frame", "fit"),
    [("x", unread.UNREAD_LIMIT), ("x" * (unread.UNREAD_SIZE // 8), 8)],
    ids=["many", "long"],
)
def test_a_connection_that_reads_nothing_is_cut(frame: str, fit: int) -> None:
    cuts: list[int] = []
    behind = connection("1", "user")
    behind.cut = lambda: cuts.append(1)
    for _ in range(fit):
        behind.send(frame)
    assert not cuts
    behind.send(frame)
    assert cuts == [1]
    assert in_loop_of_its_own(behind.next_frame) == frame
    behind.send(frame)
    assert cuts == [1]


def test_a_client_that_reads_nothing_is_let_go(local_stream: LocalStream, host: str) -> None:
    reader, sleeper = local_stream.new_user(), local_stream.new_user()
    call_id = local_stream.new_call(host, members=[{"user_id": reader}, {"user_id": sleeper}])
    path = f"/api/v2/video/call/livestream/{call_id}/members"
    with crowd(local_stream.base_url, [reader, sleeper]) as ((reading, _), _sleeping):
        for turn in range(200):
            much = {"user_id": host, "custom": {"turn": turn, "much": "x" * 5_000}}
            local_stream.as_server("POST", path, {"update_members": [much] * 20}).raise_for_status()
            assert reading.hears_next()["members"][0]["custom"]["turn"] == turn
        eventually(lambda: _ended(local_stream, sleeper))
        assert not _ended(local_stream, reader)


def _ended(local_stream: LocalStream, user_id: str) -> bool:
    entries = local_stream.journal(operation="Connect", user_id=user_id)
    return any(entry["detail"].get("closed") for entry in entries)
