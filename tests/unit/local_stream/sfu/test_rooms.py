"""Rooms that nobody needs any more are dropped, and those that remember something are not."""

import time

from harness.local_stream.journal import Journal
from harness.local_stream.sfu import CameraOptions
from harness.local_stream.sfu.media_faults import MediaFaults
from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.rooms import REST_SECONDS, Rooms
from harness.local_stream.sfu.token import LIFETIME_SECONDS
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.served import CID, SECRET, Observer, serving


def test_a_room_goes_when_its_memory_is_worth_nothing_any_more(run: Run) -> None:
    async def scenario() -> None:
        rooms = Rooms(
            SECRET,
            Observer(),
            faults=MediaFaults(Journal()),
            camera=CameraOptions(),
            vanish_seconds=1,
            silence_seconds=1,
        )
        for cid in ("plain", "ended", "removed"):
            rooms.room(cid)
        await rooms.room("ended").end(models.CALL_ENDED_REASON_ENDED, lambda _: False)
        await rooms.room("removed").remove("somebody")
        now = time.time()
        rooms.sweep(now + REST_SECONDS / 2)
        assert rooms.find("plain")
        rooms.sweep(now + REST_SECONDS + 1)
        assert [bool(rooms.find(cid)) for cid in ("plain", "ended", "removed")] == [False, True, True]
        rooms.sweep(now + LIFETIME_SECONDS + 1)
        assert not any(rooms.find(cid) for cid in ("ended", "removed"))

    run(scenario)


def test_a_room_with_people_stays(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            await served.host().join()
            served.sfu._rooms.sweep(time.time() + 2 * LIFETIME_SECONDS)
            assert [each["user_id"] for each in served.sfu.participants(CID)] == ["host"]

    run(scenario)
