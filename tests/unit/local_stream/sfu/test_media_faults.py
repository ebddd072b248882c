"""Media faults on a running SFU: they bite on the media of whom they name, are counted, and end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from harness.local_stream.sfu.protocol import models
from tests.unit.local_stream.sfu.client import Client
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.pictures import Grey, Tone
from tests.unit.local_stream.sfu.served import CID, Served, serving

VIDEO = models.TRACK_TYPE_VIDEO


def test_frozen_picture_and_sound_that_goes_on(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = await _watching(served)
            fault = served.sfu.faults.add({"direction": "publish", "user_id": "host", "freeze": True})
            # Whatever was under way has come by now: the second look must be like the first.
            await viewer.until(lambda: _counts(served, fault)["dropped"] > 5, "frozen")
            before = _bytes(served)
            await viewer.until(lambda: _bytes(served)["AUDIO"] > before["AUDIO"] + 2_000, "sound goes on")
            after = _bytes(served)
            assert after["VIDEO"] == before["VIDEO"]
            [track] = _counts(served, fault)["tracks"]
            assert (track["session_id"], track["kind"]) == (host.session_id, "video")
            served.sfu.faults.clear()
            await viewer.until(lambda: _bytes(served)["VIDEO"] > after["VIDEO"] + 1_000, "picture again")

    run(scenario)


def test_one_viewer_loses_and_the_other_does_not(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = await _watching(served, sound=False)
            other = served.client("other")
            await other.join()
            await _watch(other, host, sound=False)
            rule = {"direction": "subscribe", "user_id": "viewer", "kind": "video", "drop": True}
            fault = served.sfu.faults.add(rule)
            await viewer.until(lambda: _counts(served, fault)["hits"] > 0, "bitten")
            stands, goes_on = _received(served, "viewer"), _received(served, "other")
            await viewer.until(lambda: _received(served, "other") > goes_on + 5_000, "other watches on")
            assert _received(served, "viewer") == stands
            [entry] = [each for each in served.journal.entries() if each["door"] == "fault"]
            assert (entry["user_id"], entry["call_cid"]) == ("viewer", CID)
            assert entry["detail"]["effect"] == "drop"

    run(scenario)


def test_a_fault_from_before_finds_who_comes_later(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            fault = served.sfu.faults.add({"direction": "publish", "kind": "video", "delay_ms": 30})
            host, viewer = await _watching(served)
            await viewer.until(lambda: _counts(served, fault)["delayed"] > 10, "delayed")
            async with asyncio.timeout(20):
                assert await viewer.luma(3) == pytest.approx(60, abs=12)
            assert [each["session_id"] for each in _counts(served, fault)["tracks"]] == [host.session_id]

    run(scenario)


def test_lost_and_corrupted_packets_leave_a_picture(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            lost = served.sfu.faults.add(
                {"direction": "subscribe", "kind": "video", "drop": True, "rate": 0.1, "seed": 3}
            )
            broken = served.sfu.faults.add(
                {"direction": "publish", "kind": "video", "corrupt": 1, "every": 10}
            )
            _, viewer = await _watching(served)
            await viewer.until(
                lambda: all(_counts(served, each)["hits"] > 3 for each in (lost, broken)), "both bite"
            )
            served.sfu.faults.clear()
            async with asyncio.timeout(20):
                assert await viewer.luma(20) == pytest.approx(60, abs=12)

    run(scenario)


def test_reset_forgets_faults(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            served.sfu.faults.add({"direction": "publish", "drop": True})
            await served.sfu.reset()
            assert served.sfu.faults.listed() == []

    run(scenario)


async def _watching(served: Served, *, sound: bool = True) -> tuple[Client, Client]:
    """A host who publishes, and a viewer whom it reaches."""
    host, viewer = served.host(), served.client("viewer")
    await host.join()
    await viewer.join()
    await host.publish(Grey(60), *([Tone(750)] if sound else []))
    await _watch(viewer, host, sound=sound)
    return host, viewer


async def _watch(viewer: Client, host: Client, *, sound: bool = True) -> None:
    if sound:
        await viewer.answer_offer()  # the microphone comes unasked
    await viewer.subscribe((host.session_id, VIDEO))
    await viewer.answer_offer()
    async with asyncio.timeout(20):
        await viewer.luma(2)


def _counts(served: Served, fault: dict[str, object]) -> dict[str, Any]:
    [found] = [each for each in served.sfu.faults.listed() if each["id"] == fault["id"]]
    return {"dropped": 0, "delayed": 0} | found


def _bytes(served: Served) -> dict[str, int]:
    [host] = [each for each in served.sfu.participants(CID) if each["user_id"] == "host"]
    return {each["type"].removeprefix("TRACK_TYPE_"): each["bytes"] for each in host["published"]}


def _received(served: Served, user_id: str) -> int:
    [found] = [each for each in served.sfu.participants(CID) if each["user_id"] == user_id]
    return int(found["received_bytes"])
