"""What a room tells again and again, on real media: voices, the dominant speaker, connections, counts."""

from __future__ import annotations

import pytest

from harness.local_stream.sfu.connection_quality import ConnectionQualities, judged
from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.token import SfuUser
from tests.unit.local_stream.sfu.client import Client
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.pictures import Grey
from tests.unit.local_stream.sfu.served import CID, serving

POOR, GOOD, EXCELLENT = (
    models.CONNECTION_QUALITY_POOR,
    models.CONNECTION_QUALITY_GOOD,
    models.CONNECTION_QUALITY_EXCELLENT,
)


@pytest.mark.parametrize(
    ("lost", "quality"), [(0.0, EXCELLENT), (0.019, EXCELLENT), (0.02, GOOD), (0.1, POOR), (1.0, POOR)]
)
def test_lost_packets_make_the_quality(lost: float, quality: int) -> None:
    assert judged(lost) == quality


def test_only_a_change_of_quality_is_told() -> None:
    qualities = ConnectionQualities()
    assert qualities.judge({"a": 0.0, "b": 0.5}) == {"b": POOR}
    assert qualities.judge({"a": 0.0, "b": 0.5}) == {}
    assert qualities.judge({"a": 0.0, "b": 0.0}) == {"b": EXCELLENT}


def test_who_speaks_is_told_to_everybody_and_shown_to_who_comes(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            room = served.room()
            # aiortc writes no audio levels: the packets' extension is put where the publisher reads it.
            await host.publish(Grey(60))
            loudness = {host.session_id: 20, viewer.session_id: 127}
            for participant in room.participants.values():
                participant.loudness = lambda each=participant: loudness[each.session_id]  # type: ignore[method-assign, misc]
            for client in (host, viewer):
                [level] = (await client.event("audio_level_changed")).audio_levels
                assert (level.session_id, level.user_id, level.is_speaking) == (host.session_id, "host", True)
                assert level.level == pytest.approx(0.1)
                assert (await client.event("dominant_speaker_changed")).session_id == host.session_id
            state = (await served.client("late").join()).call_state
            shown = next(each for each in state.participants if each.user_id == "host")
            assert (shown.is_speaking, shown.is_dominant_speaker) == (True, True)
            loudness[host.session_id] = 127
            [level] = (await viewer.event("audio_level_changed")).audio_levels
            assert (level.level, level.is_speaking) == (0.0, False)

    run(scenario)


def test_a_viewer_who_loses_packets_has_a_poor_connection_and_everybody_is_told(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            rule = {"direction": "subscribe", "kind": "video", "drop": True, "every": 3}
            fault = served.sfu.faults.add(rule)
            await host.publish(Grey(60))
            await viewer.subscribe((host.session_id, models.TRACK_TYPE_VIDEO))
            await viewer.answer_offer()
            for client in (host, viewer):
                await _told(client, viewer, POOR)
            served.sfu.faults.remove(str(fault["id"]))
            await _told(host, viewer, EXCELLENT)

    run(scenario)


def test_anonymous_people_are_counted_apart(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            nobody = SfuUser("!anon", role="anonymous")
            unnamed = Client("!anon", served.sfu.credentials(served.base_url, CID, nobody, set()))
            served.clients.append(unnamed)
            host = served.host()
            await host.join()
            await unnamed.join()
            counted = await host.event(
                "health_check_response", lambda each: each.participant_count.total == 2
            )
            assert counted.participant_count.anonymous == 1

    run(scenario)


async def _told(client: Client, about: Client, quality: int) -> None:
    await client.event(
        "connection_quality_changed",
        lambda event: any(
            (each.session_id, each.connection_quality) == (about.session_id, quality)
            for each in event.connection_quality_updates
        ),
    )
