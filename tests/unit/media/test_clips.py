"""The clip files are what Chromium's fake devices read, are made once, and never half."""

from __future__ import annotations

import time
import wave
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from harness.media import clips
from harness.media.clips import CAMERA_FPS, CAMERA_FRAMES, camera_clip, camera_frame, microphone_clip
from harness.media.mark import Mark, read_mark
from harness.media.tone import clip_of, dominant_frequency

FRAME_BYTES = 640 * 360 * 3 // 2


def test_the_camera_clip_holds_its_marks_in_order(tmp_path: Path) -> None:
    header, *frames = camera_clip(7, tmp_path).read_bytes().split(b"FRAME\n")
    assert header == b"YUV4MPEG2 W640 H360 F20:1 Ip A1:1 C420jpeg\n"
    assert {len(frame) for frame in frames} == {FRAME_BYTES}
    pictures = [np.frombuffer(frame[: 640 * 360], np.uint8).reshape(360, 640) for frame in frames]
    assert [read_mark(luma) for luma in pictures] == [Mark(7, frame) for frame in range(CAMERA_FRAMES)]
    assert CAMERA_FRAMES / CAMERA_FPS == 2


def test_the_picture_moves_outside_the_mark_too() -> None:
    rows = [camera_frame(1, frame)[0][0] for frame in range(CAMERA_FRAMES)]
    assert all((one != other).any() for one, other in zip(rows, rows[1:] + rows[:1], strict=True))


def test_two_clips_differ_in_colour() -> None:
    assert {int(camera_frame(1, 0)[1][0, 0]), int(camera_frame(1, 0)[2][0, 0])} != {
        int(camera_frame(2, 0)[1][0, 0]),
        int(camera_frame(2, 0)[2][0, 0]),
    }


def test_the_microphone_clip_plays_its_tone_and_repeats_without_a_click(tmp_path: Path) -> None:
    with wave.open(str(microphone_clip(7, tmp_path))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 48_000)
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768
    heard = dominant_frequency(samples, 48_000)
    assert heard is not None
    assert clip_of(heard.hz) == 7
    assert np.abs(samples[[0, -1]]).max() < 0.01


@pytest.mark.parametrize("make", [camera_clip, microphone_clip])
def test_a_clip_is_made_in_a_second_and_once(make: Callable[[int, Path], Path], tmp_path: Path) -> None:
    before = time.monotonic()
    path = make(3, tmp_path / "not there yet")
    assert time.monotonic() - before < 1
    first = path.stat()
    assert make(3, path.parent) == path
    assert path.stat().st_mtime_ns == first.st_mtime_ns
    assert path.stat().st_ino == first.st_ino


def test_another_recipe_makes_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = camera_clip(3, tmp_path)
    monkeypatch.setattr(clips, "_recipe", lambda: "newer")
    assert camera_clip(3, tmp_path) != path
    assert path.exists()


def test_a_clip_that_fails_midway_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="256"):
        camera_clip(256, tmp_path)
    with pytest.raises(ValueError, match="clip id"):
        microphone_clip(256, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_two_who_make_the_same_clip_at_once_both_get_it_whole(tmp_path: Path) -> None:
    sizes: list[int] = []
    makers = [Thread(target=lambda: sizes.append(camera_clip(4, tmp_path).stat().st_size)) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(sizes) == 4
    assert len(set(sizes)) == 1
    assert len(list(tmp_path.iterdir())) == 1
