"""Camera and microphone clips: files that Chromium plays as its fake devices, over and over.

Formats follow Chromium's fake capture devices: YUV4MPEG2 4:2:0 for the camera (started again at frame 0
each time the device is opened), 16-bit PCM WAV for the microphone. A clip id is 0..255.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import wave
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from harness.media.mark import COLUMNS, ROWS, Luma, Mark, mark_cells
from harness.media.tone import tone_of

CAMERA_WIDTH, CAMERA_HEIGHT, CAMERA_FPS = 640, 360, 20
CAMERA_FRAMES = 40
CELL = 40  # pixels, so 10 in a picture 160 wide; the mark is whole in a picture cropped to a square
# Luma. Only the mark has white, so that its ring is found.
WHITE, BLACK, GROUND, BAR = 235, 16, 50, 95
BAR_WIDTH = 64

MICROPHONE_RATE = 48_000
PULSE, PAUSE, PULSES = 0.2, 0.1, 8  # seconds, seconds, and how many the clip has
RAMP = 0.01  # seconds in which a pulse swells and fades, so that it does not click
AMPLITUDE = 0.5


def camera_clip(clip_id: int, folder: Path) -> Path:
    """The clip's y4m in `folder`, made when it is not there: 640x360, 20 fps, 2 s. Bad id: ValueError."""
    return _made(folder / f"camera-{clip_id}-{_recipe()}.y4m", lambda file: _write_camera(file, clip_id))


def microphone_clip(clip_id: int, folder: Path) -> Path:
    """The clip's wav in `folder`, made when it is not there: mono, 2.4 s. Bad id: ValueError."""
    path = folder / f"microphone-{clip_id}-{_recipe()}.wav"
    return _made(path, lambda file: _write_microphone(file, clip_id))


def camera_frame(clip_id: int, frame: int) -> tuple[Luma, Luma, Luma]:
    """A picture as Y (360x640), U, V (180x320): the mark, and a bar that wanders over the clip's colour."""
    y = np.full((CAMERA_HEIGHT, CAMERA_WIDTH), GROUND, np.uint8)
    bar = np.arange(BAR_WIDTH) + frame * CAMERA_WIDTH // CAMERA_FRAMES
    y[:, bar % CAMERA_WIDTH] = BAR
    cells = mark_cells(Mark(clip_id, frame))
    top, left = (CAMERA_HEIGHT - ROWS * CELL) // 2, (CAMERA_WIDTH - COLUMNS * CELL) // 2
    mark = np.where(cells, WHITE, BLACK).astype(np.uint8).repeat(CELL, axis=0).repeat(CELL, axis=1)
    y[top : top + ROWS * CELL, left : left + COLUMNS * CELL] = mark
    angle = 2 * np.pi * (clip_id * 0.381966 % 1)  # the golden angle keeps the colours of neighbours apart
    u = np.full((CAMERA_HEIGHT // 2, CAMERA_WIDTH // 2), round(128 + 40 * np.cos(angle)), np.uint8)
    v = np.full_like(u, round(128 + 40 * np.sin(angle)))
    for plane in (u, v):
        plane[top // 2 : (top + ROWS * CELL) // 2, left // 2 : (left + COLUMNS * CELL) // 2] = 128
    return y, u, v


def microphone_samples(clip_id: int) -> npt.NDArray[np.float64]:
    """The clip's sound, -1..1 at MICROPHONE_RATE: a whole number of pulses, so that it repeats seamlessly."""
    seconds = np.arange(round(PULSES * (PULSE + PAUSE) * MICROPHONE_RATE)) / MICROPHONE_RATE
    within = seconds % (PULSE + PAUSE)
    swell = np.clip(np.minimum(within, PULSE - within) / RAMP, 0, 1)
    samples: npt.NDArray[np.float64] = AMPLITUDE * swell * np.sin(2 * np.pi * tone_of(clip_id) * seconds)
    return samples


def _write_camera(file: BinaryIO, clip_id: int) -> None:
    file.write(f"YUV4MPEG2 W{CAMERA_WIDTH} H{CAMERA_HEIGHT} F{CAMERA_FPS}:1 Ip A1:1 C420jpeg\n".encode())
    for frame in range(CAMERA_FRAMES):
        file.write(b"FRAME\n" + b"".join(plane.tobytes() for plane in camera_frame(clip_id, frame)))


def _write_microphone(file: BinaryIO, clip_id: int) -> None:
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(MICROPHONE_RATE)
        sound.writeframes((microphone_samples(clip_id) * 32767).astype("<i2").tobytes())


@cache
def _recipe() -> str:
    """Names what makes the clips: a change of these files makes new clips and leaves old ones as they are."""
    sources = (Path(__file__).with_name(name) for name in ("clips.py", "mark.py", "tone.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]


def _made(path: Path, write: Callable[[BinaryIO], None]) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with _new_file(path) as file:
            write(file)
    return path


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that is there whole or not at all, also when two runs make it at once or one is cut off."""
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink()
        raise
