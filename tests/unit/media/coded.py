"""Pictures and sounds as a viewer gets them: through real codecs."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt

from harness.media.clips import CAMERA_FPS, MICROPHONE_RATE
from harness.media.mark import Luma

Sound = npt.NDArray[np.float64]


def vp8(
    planes: list[tuple[Luma, Luma, Luma]], width: int, height: int, bit_rate: int, fps: int = CAMERA_FPS
) -> list[Luma]:
    """What a viewer sees of these pictures after real VP8 at this size and bit rate (bits per second)."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=fps)
        stream.width, stream.height, stream.bit_rate, stream.pix_fmt = width, height, bit_rate, "yuv420p"
        stream.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        for index, yuv in enumerate(planes):
            frame = av.VideoFrame.from_ndarray(packed(yuv), format="yuv420p").reformat(width, height)
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as container:
        frames = [frame.reformat(format="gray") for frame in container.decode(video=0)]
    return [frame.to_ndarray().astype(np.uint8) for frame in frames]


def packed(yuv: tuple[Luma, Luma, Luma]) -> npt.NDArray[np.uint8]:
    """The three planes as PyAV takes them: one array as wide as Y, one and a half times as high."""
    return np.concatenate([plane.reshape(-1, yuv[0].shape[1]) for plane in yuv])


def opus(samples: Sound, bit_rate: int) -> Sound:
    """These samples after Opus at this bit rate (bits per second)."""
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=MICROPHONE_RATE)
        stream.bit_rate, stream.layout = bit_rate, "mono"
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate = MICROPHONE_RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as container:
        planes = [frame.to_ndarray()[0].astype(np.float64) for frame in container.decode(audio=0)]
    return np.concatenate(planes)
