"""The vendor's native clients see and hear each other, with only their addresses changed.

`getstream_rtc.Client` takes both addresses. `getstream.video.rtc` hands it the base alone, so that its
WebSocket would go to the vendor: the tests put the other address in between, from outside.
"""

from __future__ import annotations

import asyncio
import functools
import uuid
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import getstream_rtc
import numpy as np
import pytest
from anyio.from_thread import start_blocking_portal
from getstream import AsyncStream
from getstream.models import CallRequest, UserRequest
from getstream.video import rtc
from getstream.video.rtc.tracks import TrackSubscriptionConfig

from harness.media.tone import dominant_frequency
from tests.unit.local_stream.native import HEIGHT, RATE, WIDTH, client, publishing, ws_url
from tests.unit.local_stream.server import API_KEY, API_SECRET, running
from tests.unit.local_stream.sfu.pictures import Grey, Tone

WITHIN = 30.0
AUDIO, VIDEO = getstream_rtc.TrackType.AUDIO, getstream_rtc.TrackType.VIDEO
Samples = np.ndarray[Any, np.dtype[np.int16]]
Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def run() -> Iterator[Run]:
    with start_blocking_portal() as portal:
        yield portal.call


@pytest.fixture
def vp9_base_url() -> Iterator[str]:
    """Where cameras are asked for VP9, as Stream does and `getstream.video.rtc` wants it."""
    with running(told={"HARNESS_STREAM_VIDEO_CODEC": "vp9"}) as address:
        yield address


def test_the_native_client_publishes_and_is_seen_and_heard(base_url: str, run: Run) -> None:
    async def scenario() -> None:
        call_id = await livestream(base_url)
        viewer = client(base_url, "viewer").call("livestream", call_id)
        tracks = viewer.tracks()
        async with publishing(base_url, "host", call_id, luma=60, hertz=750), asyncio.timeout(2 * WITHIN):
            await viewer.join("viewer", create=False)
            wanted = getstream_rtc.TrackSubscriptionConfig(track_types=[AUDIO, VIDEO])
            await viewer.update_subscriptions(getstream_rtc.SubscriptionConfig(default=wanted))
            found: dict[int, getstream_rtc.RemoteTrack] = {}
            while len(found) < 2:
                track = await anext(tracks)
                found[int(track.track_type)] = track
            assert {track.participant.user_id for track in found.values()} == {"host"}
            assert await luma(found[int(VIDEO)]) == pytest.approx(60, abs=6)
            await plays(750, functools.partial(second_of, found[int(AUDIO)]))
            await viewer.leave()

    run(scenario)


def test_the_native_client_is_told_when_the_host_leaves_and_when_the_call_ends(
    base_url: str, run: Run
) -> None:
    async def scenario() -> None:
        call_id = await livestream(base_url)
        viewer = client(base_url, "viewer").call("livestream", call_id)
        events, states = viewer.sfu_events(), viewer.client_events()
        async with asyncio.timeout(WITHIN):
            async with publishing(base_url, "host", call_id):
                await viewer.join("viewer", create=False)
            left = await heard(events, getstream_rtc.ParticipantLeft)
            assert left.participant.user_id == "host"
            stream = AsyncStream(API_KEY, API_SECRET, base_url=base_url)
            await stream.video.call("livestream", call_id).end()
            while (await heard(states, getstream_rtc.CallingStateChanged)).state != STATES.LEFT:
                continue

    run(scenario)


def test_getstream_video_rtc_publishes_and_is_seen_and_heard(
    vp9_base_url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = functools.partial(getstream_rtc.Client, ws_url=ws_url(vp9_base_url))
    monkeypatch.setattr(getstream_rtc, "Client", address)

    async def scenario() -> None:
        call_id = await livestream(vp9_base_url)
        stream = AsyncStream(API_KEY, API_SECRET, base_url=vp9_base_url)
        call = stream.video.call("livestream", call_id)
        wanted = rtc.SubscriptionConfig(default=TrackSubscriptionConfig(track_types=[int(AUDIO), int(VIDEO)]))
        viewer = await rtc.join(call, "viewer", create=False, subscription_config=wanted)
        tracks: asyncio.Queue[Any] = asyncio.Queue()
        sounds: asyncio.Queue[Any] = asyncio.Queue()
        viewer.on("track_added", tracks.put_nowait)
        viewer.on("audio", sounds.put_nowait)
        async with asyncio.timeout(2 * WITHIN), await rtc.join(call, "host", create=False) as host:
            await host.add_tracks(audio=Tone(750), video=Grey(60))
            async with viewer:
                while (track := await tracks.get()).track_type != VIDEO:
                    continue
                assert track.participant.user_id == "host"
                # Grey 60 of a screen is this luma.
                assert await luma(track) == pytest.approx(16 + 60 * 219 / 255, abs=6)
                await plays(750, functools.partial(second_in, sounds))

    run(scenario)


STATES = getstream_rtc.CallingState


async def livestream(base_url: str) -> str:
    """The id of a call that is live, of somebody called host; there is a viewer, too."""
    stream = AsyncStream(API_KEY, API_SECRET, base_url=base_url)
    await stream.upsert_users(UserRequest(id="host"), UserRequest(id="viewer"))
    call = stream.video.call("livestream", str(uuid.uuid4()))
    await call.get_or_create(data=CallRequest(created_by_id="host"))
    await call.go_live()
    return str(call.id)


async def heard(events: Any, kind: type) -> Any:  # noqa: ANN401 - of a native module
    """The next event of this kind."""
    async for event in events:
        if isinstance(event, kind):
            return event
    raise AssertionError(f"the call ended without {kind.__name__}")


async def luma(track: getstream_rtc.RemoteTrack) -> float:
    """Of the tenth picture that comes."""
    frames = track.video_frames()
    for _ in range(10):
        frame = await anext(frames)
    assert (frame.width, frame.height) == (WIDTH, HEIGHT)
    return float(frame.data[: WIDTH * HEIGHT].mean())


async def plays(hz: float, second: Callable[[], Coroutine[Any, Any, Samples]]) -> None:
    """The tone comes for two seconds in a row.

    The first sound may be half a silence, and on a busy machine there are gaps.
    """
    found: list[float | None] = []
    try:
        async with asyncio.timeout(WITHIN):
            while len(found) < 2 or found[-2:] != pytest.approx([hz, hz], abs=12):
                found.append(tone_in(await second()))
    except TimeoutError:
        pytest.fail(f"expected {hz} Hz for two seconds in a row, came {found[-5:]} Hz", pytrace=False)


async def second_in(sounds: asyncio.Queue[Any]) -> Samples:
    """What comes next, 20 ms at a time."""
    return np.concatenate([(await sounds.get()).samples for _ in range(50)])


async def second_of(track: getstream_rtc.RemoteTrack) -> Samples:
    """What the track plays next."""
    samples: list[Any] = []
    while sum(len(each) for each in samples) < RATE:
        frame = await track.next_pcm()
        assert frame is not None
        assert (frame.sample_rate, frame.channels) == (RATE, 1)
        samples.append(frame.samples)
    return np.concatenate(samples)


def tone_in(samples: Samples) -> float | None:
    """The frequency of one tone."""
    tone = dominant_frequency(samples.astype(np.float64) / 2**15, RATE)
    return tone.hz if tone and tone.is_pure else None
