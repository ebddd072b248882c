"""Somebody in a call with the vendor's native client, who sends a picture and a tone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import getstream_rtc
import numpy as np
import numpy.typing as npt
from anyio.from_thread import start_blocking_portal

from tests.unit.local_stream.server import API_KEY, token

WIDTH, HEIGHT, FRAMES_A_SECOND = 160, 120, 30
RATE, CHUNK = 48_000, 960
WITHIN = 30.0


def client(base_url: str, user_id: str) -> getstream_rtc.Client:
    """With only its addresses changed; it takes that of its WebSocket apart."""
    return getstream_rtc.Client(
        API_KEY, token=token({"user_id": user_id}), base_url=base_url, ws_url=ws_url(base_url)
    )


def ws_url(base_url: str) -> str:
    return f"{base_url.replace('http', 'ws', 1)}/video/connect"


@contextmanager
def native_host(
    base_url: str, user_id: str, call_id: str, luma: int = 60, hertz: float = 750
) -> Iterator[None]:
    """Publishes meanwhile, in a livestream."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(publishing(base_url, user_id, call_id, luma, hertz)),
    ):
        yield


@asynccontextmanager
async def publishing(
    base_url: str, user_id: str, call_id: str, luma: int = 60, hertz: float = 750
) -> AsyncIterator[getstream_rtc.Call]:
    """The same, for who is in an event loop already."""
    call = client(base_url, user_id).call("livestream", call_id)
    picture, sound = getstream_rtc.LocalVideoTrack.vp8(), getstream_rtc.LocalAudioTrack()
    async with asyncio.timeout(WITHIN):
        await call.join(user_id, create=False)
        await call.publish_video(picture)
        await call.publish_audio(sound)
    sending = asyncio.ensure_future(_send(picture, sound, luma, hertz))
    try:
        yield call
    finally:
        sending.cancel()
        await call.leave()


async def _send(
    picture: getstream_rtc.LocalVideoTrack, sound: getstream_rtc.LocalAudioTrack, luma: int, hertz: float
) -> None:
    grey = np.full(WIDTH * HEIGHT * 3 // 2, 128, np.uint8)
    grey[: WIDTH * HEIGHT] = luma
    heard, count = _tone(hertz), RATE // FRAMES_A_SECOND
    loop = asyncio.get_running_loop()
    began, frame = loop.time(), 0
    while True:
        await picture.write_i420_at(grey, WIDTH, HEIGHT, frame / FRAMES_A_SECOND)
        chunk = np.take(heard, range(frame * count, (frame + 1) * count), mode="wrap")
        await sound.write_pcm(chunk, RATE, 1)
        frame += 1
        await asyncio.sleep(max(0.0, began + frame / FRAMES_A_SECOND - loop.time()))


def _tone(hertz: float) -> npt.NDArray[np.int16]:
    """A second, which can be repeated without a click: `hertz` is whole."""
    return (np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE) * 12_000).astype(np.int16)
