"""Real media through the SFU: aiortc encodes on one side, decodes on the other, and the SFU does neither."""

import asyncio

import pytest

from harness.local_stream.sfu.protocol import models
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.pictures import Grey, Tone, hertz_of
from tests.unit.local_stream.sfu.served import CID, serving

VIDEO, AUDIO = models.TRACK_TYPE_VIDEO, models.TRACK_TYPE_AUDIO


def test_viewer_sees_and_hears_the_host(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await host.publish(Grey(60), Tone(750))
            await viewer.answer_offer()  # the microphone comes unasked
            await viewer.subscribe((host.session_id, VIDEO))
            await viewer.answer_offer()
            async with asyncio.timeout(20):
                assert await viewer.luma(10) == pytest.approx(60, abs=12)
                assert await hertz_of(await viewer.track("audio")) == pytest.approx(750, abs=20)

    run(scenario)


def test_late_viewer_gets_a_picture_from_a_key_frame(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, early, late = served.host(), served.client("early"), served.client("late")
            await host.join()
            await early.join()
            await host.publish(Grey(200))
            await early.subscribe((host.session_id, VIDEO))
            await early.answer_offer()
            async with asyncio.timeout(20):
                # By now the host's first key frame is long gone.
                await early.luma(20)
            await late.join()
            await late.subscribe((host.session_id, VIDEO))
            await late.answer_offer()
            async with asyncio.timeout(20):
                assert await late.luma() == pytest.approx(200, abs=12)

    run(scenario)


def test_bytes_are_counted_for_who_publishes_and_who_receives(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            assert served.sfu.participants(CID)[1]["received_bytes"] == 0
            await host.publish(Grey(60))
            await viewer.subscribe((host.session_id, VIDEO))
            await viewer.answer_offer()
            async with asyncio.timeout(20):
                await viewer.luma(5)
            shown = {each["user_id"]: each for each in served.sfu.participants(CID)}
            [video] = shown["host"]["published"]
            assert video["type"] == "TRACK_TYPE_VIDEO"
            assert video["bytes"] > 0
            assert shown["viewer"]["published"] == []
            assert 0 < shown["viewer"]["received_bytes"] <= video["bytes"] * 1.2
            assert shown["host"]["received_bytes"] == 0

    run(scenario)


def test_what_is_not_asked_for_pauses_and_comes_back_without_a_new_offer(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await host.publish(Grey(60))
            await viewer.subscribe((host.session_id, VIDEO))
            await viewer.answer_offer()
            async with asyncio.timeout(20):
                await viewer.luma()
            await viewer.subscribe()
            paused_at = served.sfu.participants(CID)[1]["received_bytes"]
            published_at = served.sfu.participants(CID)[0]["published"][0]["bytes"]
            await viewer.until(
                lambda: served.sfu.participants(CID)[0]["published"][0]["bytes"] > published_at + 2_000,
                "publishing",
            )
            assert served.sfu.participants(CID)[1]["received_bytes"] == paused_at
            await viewer.subscribe((host.session_id, VIDEO))
            await viewer.until(
                lambda: served.sfu.participants(CID)[1]["received_bytes"] > paused_at + 2_000, "picture again"
            )
            assert not [each for each in viewer.received if each.HasField("subscriber_offer")]

    run(scenario)


def test_another_host_never_reaches_the_viewer_of_this_one(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            other = served.client("other", frozenset({"send-video"}))
            for client in (host, other, viewer):
                await client.join()
            await other.publish(Grey(220))
            await host.publish(Grey(40))
            await viewer.subscribe((host.session_id, VIDEO))
            await viewer.answer_offer()
            async with asyncio.timeout(20):
                assert await viewer.luma(5) == pytest.approx(40, abs=12)

    run(scenario)


def test_track_that_takes_over_its_type_reaches_who_watches(run: Run) -> None:
    """As when a client is told to publish with another codec: a new section, while the old one stays."""

    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await host.publish(Grey(60))
            await viewer.subscribe((host.session_id, VIDEO))
            await viewer.answer_offer()
            async with asyncio.timeout(20):
                assert await viewer.luma() == pytest.approx(60, abs=12)
            first = viewer.tracks.pop("video")
            await host.publish(Grey(200))
            await viewer.answer_offer()
            async with asyncio.timeout(20):
                assert await viewer.luma() == pytest.approx(200, abs=12)
            assert viewer.tracks["video"] is not first

    run(scenario)
