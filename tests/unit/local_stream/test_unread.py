"""What waits for a client that does not read has a bound, on the SFU's WebSocket, too."""

from types import SimpleNamespace
from typing import cast

import pytest
from starlette.websockets import WebSocket

from harness.local_stream.journal import Journal
from harness.local_stream.sfu.protocol import events
from harness.local_stream.sfu.rooms import Rooms
from harness.local_stream.sfu.socket import SfuSocket
from harness.local_stream.unread import UNREAD_LIMIT, UNREAD_SIZE, Unread
from tests.unit.own_loop import in_loop_of_its_own


@pytest.mark.parametrize(("size", "fit"), [(1, UNREAD_LIMIT), (UNREAD_SIZE // 8, 8)], ids=["many", "long"])
def test_what_was_read_makes_room(size: int, fit: int) -> None:
    async def scenario() -> None:
        unread = Unread[int]()
        assert [unread.put(number, size) for number in range(fit + 1)] == [True] * fit + [False]
        assert await unread.next() == 0
        assert unread.put(fit, size)
        unread.end()
        assert [await unread.next() for _ in range(fit + 1)] == [*range(1, fit + 1), None]

    in_loop_of_its_own(scenario)


def test_who_does_not_read_what_the_sfu_says_is_cut_off() -> None:
    cuts: list[int] = []
    reads_nothing = cast(
        WebSocket,
        SimpleNamespace(state=SimpleNamespace(abort=lambda: cuts.append(1)), url=SimpleNamespace(path="/ws")),
    )
    socket = SfuSocket(reads_nothing, cast(Rooms, None), Journal())
    health = events.SfuEvent(health_check_response=events.HealthCheckResponse())
    for _ in range(UNREAD_LIMIT):
        socket.send(health)
    assert not cuts
    socket.send(health)
    assert cuts == [1]
