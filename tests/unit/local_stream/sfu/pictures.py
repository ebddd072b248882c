"""A picture and a tone that can be told from any other after they went through the SFU."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
from aiortc import MediaStreamTrack, VideoStreamTrack
from aiortc.mediastreams import AudioStreamTrack
from av import AudioFrame, VideoFrame

WIDTH, HEIGHT = 160, 120
RATE = 48_000


class Grey(VideoStreamTrack):  # type: ignore[misc]
    """A picture of one brightness, at 30 frames per second."""

    def __init__(self, luma: int) -> None:
        super().__init__()
        self._luma = luma

    async def recv(self) -> VideoFrame:
        frame = VideoFrame.from_ndarray(np.full((HEIGHT, WIDTH, 3), self._luma, np.uint8), format="rgb24")
        frame.pts, frame.time_base = await self.next_timestamp()
        return frame


class Tone(AudioStreamTrack):  # type: ignore[misc]
    """A sine wave; aiortc's own track paces it."""

    def __init__(self, hertz: float) -> None:
        super().__init__()
        self._hertz = hertz
        self._position = 0

    async def recv(self) -> AudioFrame:
        silence = await super().recv()
        count = silence.samples * RATE // silence.sample_rate
        at = (self._position + np.arange(count)) / RATE
        self._position += count
        samples = (np.sin(2 * np.pi * self._hertz * at) * 12_000).astype(np.int16)
        frame = AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = self._position - count
        return frame


async def luma_of(track: MediaStreamTrack, frames: int = 1) -> float:
    """Mean brightness (0 to 255) of the last of `frames` received pictures."""
    for _ in range(frames):
        frame = await track.recv()
    return float(frame.to_ndarray(format="rgb24").mean())


async def hertz_of(track: MediaStreamTrack, seconds: float = 0.5) -> float:
    """The strongest frequency in the next `seconds` of sound."""
    heard: list[npt.NDArray[np.int16]] = []
    while sum(map(len, heard)) < seconds * RATE:
        frame = await track.recv()
        assert frame.sample_rate == RATE
        channels = len(frame.layout.channels)
        heard.append(frame.to_ndarray().reshape(-1, channels)[:, 0])
    samples = np.concatenate(heard).astype(float)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum[1:]) + 1) * RATE / len(samples)
