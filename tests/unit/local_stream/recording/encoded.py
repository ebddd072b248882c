"""Pictures and sound as a browser would encode them, and what a finished file holds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

from harness.local_stream.recording.frames import Frame
from harness.media.tone import dominant_frequency
from tests.unit.local_stream.sfu.pictures import HEIGHT, RATE, WIDTH

ENCODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9", "h264": "libx264"}
# No frame refers to a later one, as in a call.
AT_ONCE = {
    "vp8": {"deadline": "realtime"},
    "vp9": {"deadline": "realtime", "lag-in-frames": "0"},
    "h264": {"tune": "zerolatency", "preset": "ultrafast"},
}


def pictures(codec: str, lumas: list[int]) -> list[Frame]:
    """One grey picture of each brightness, 30 in a second; the first is a key frame."""
    encoder = av.CodecContext.create(ENCODERS[codec], "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 30), Fraction(30)
    encoder.gop_size = 10 * len(lumas)  # one key frame
    encoder.options = AT_ONCE[codec]
    packets = []
    for index, luma in enumerate(lumas):
        grey = np.full((HEIGHT, WIDTH, 3), luma, np.uint8)
        frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
        frame.pts = index
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    return [Frame(index * 3000, bytes(each), each.is_keyframe) for index, each in enumerate(packets)]


def sounds(hertz: float, count: int) -> list[Frame]:
    """So many Opus packets of 20 ms."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "s16"
    packets = []
    for index in range(count):
        at = (index * 960 + np.arange(960)) / RATE
        wave = (np.sin(2 * np.pi * hertz * at) * 12_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, index * 960, Fraction(1, RATE)
        packets += encoder.encode(frame)
    return [Frame(index * 960, bytes(each), key=True) for index, each in enumerate(packets)]


@dataclass(frozen=True)
class Content:
    """Of a file: `pictures` are `(seconds, mean brightness)`; `hertz` is what is heard, None for silence."""

    codecs: list[str]
    seconds: float
    pictures: list[tuple[float, float]]
    sound_began: float | None
    hertz: float | None

    @property
    def lumas(self) -> list[float]:
        return [luma for _, luma in self.pictures]


def content(file: Path) -> Content:
    """What a player would show."""
    seen: list[tuple[float, float]] = []
    heard: list[npt.NDArray[np.float32]] = []
    began = None
    with av.open(file) as container:
        codecs = [stream.codec_context.name for stream in container.streams]
        seconds = (container.duration or 0) / 1_000_000
        for frame in container.decode():
            if isinstance(frame, av.VideoFrame):
                seen.append((frame.time or 0.0, float(frame.to_ndarray(format="rgb24").mean())))
            elif isinstance(frame, av.AudioFrame):
                began = frame.time if began is None else began
                heard.append(frame.to_ndarray()[0])
    tone = dominant_frequency(np.concatenate(heard), RATE) if heard else None
    return Content(codecs, seconds, seen, began, tone.hz if tone else None)
