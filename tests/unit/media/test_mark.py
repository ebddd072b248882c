"""The mark is read from every picture that a viewer may honestly get, and from no other."""

from __future__ import annotations

import av
import numpy as np
import pytest

from harness.media.clips import CAMERA_FRAMES, camera_frame
from harness.media.mark import Luma, Mark, decode, mark_cells, read_mark
from tests.unit.media.coded import vp8


def picture(clip_id: int = 1, frame: int = 0) -> Luma:
    """Brightness as a page reads it from a canvas: 0..255, where the camera's is 16..235."""
    y = camera_frame(clip_id, frame)[0].astype(np.float64)
    return np.clip((y - 16) * 255 / 219, 0, 255).astype(np.uint8)


def scaled(luma: Luma, width: int, height: int) -> Luma:
    frame = av.VideoFrame.from_ndarray(luma, format="gray")
    return frame.reformat(width, height, "gray").to_ndarray().astype(np.uint8)


def test_every_clip_and_every_frame_has_a_mark_of_its_own() -> None:
    marks = [Mark(clip_id, frame) for clip_id in range(256) for frame in range(CAMERA_FRAMES)]
    assert [decode(mark_cells(mark)) for mark in marks] == marks


def test_no_mark_can_be_read_turned_or_mirrored() -> None:
    for clip_id in range(256):
        for frame in range(CAMERA_FRAMES):
            cells = mark_cells(Mark(clip_id, frame))
            assert decode(cells[::-1, ::-1]) is None
            assert decode(cells[::-1]) is None
            assert decode(cells[:, ::-1]) is None


def test_one_wrong_cell_is_noticed() -> None:
    cells = mark_cells(Mark(37, 11))
    for place in np.ndindex(cells.shape):
        wrong = cells.copy()
        wrong[place] = not wrong[place]
        assert decode(wrong) is None


@pytest.mark.parametrize("wrong", [-1, 256])
def test_an_id_that_does_not_fit_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="256"):
        mark_cells(Mark(wrong, 0))


@pytest.mark.parametrize(
    ("width", "height"), [(640, 360), (320, 180), (160, 90), (160, 120), (128, 72), (1280, 720), (333, 171)]
)
def test_read_at_any_size_and_stretched(width: int, height: int) -> None:
    for frame in range(CAMERA_FRAMES):
        assert read_mark(scaled(picture(5, frame), width, height)) == Mark(5, frame)


@pytest.mark.parametrize("columns", [(80, 560), (140, 500), (0, 640), (30, 600)])
def test_read_when_the_sides_are_cropped(columns: tuple[int, int]) -> None:
    cropped = np.ascontiguousarray(picture(9, 3)[:, slice(*columns)])
    assert read_mark(scaled(cropped, 160, round(160 * 360 / cropped.shape[1]))) == Mark(9, 3)


def test_read_between_black_borders_and_off_centre() -> None:
    page = np.zeros((480, 900), np.uint8)
    page[100:460, 200:840] = picture(2, 7)
    assert read_mark(scaled(page, 225, 120)) == Mark(2, 7)


@pytest.mark.parametrize(("gain", "lift"), [(0.5, 0), (0.6, 90), (1.3, -20)])
def test_read_at_another_brightness_and_contrast(gain: float, lift: int) -> None:
    luma = np.clip(picture(4, 20) * gain + lift, 0, 255).astype(np.uint8)
    assert read_mark(scaled(luma, 160, 90)) == Mark(4, 20)


def test_read_through_mild_noise() -> None:
    noise = np.random.default_rng(1).normal(0, 20, (90, 160))
    luma = np.clip(scaled(picture(4, 21), 160, 90) + noise, 0, 255).astype(np.uint8)
    assert read_mark(luma) == Mark(4, 21)


@pytest.mark.parametrize("bit_rate", [30_000, 100_000])
def test_every_frame_is_read_after_vp8_at_160_pixels(bit_rate: int) -> None:
    pictures = vp8([camera_frame(1, frame) for frame in range(CAMERA_FRAMES)], 160, 90, bit_rate)
    assert [read_mark(luma) for luma in pictures] == [Mark(1, frame) for frame in range(CAMERA_FRAMES)]


def noise() -> Luma:
    return np.random.default_rng(3).integers(0, 256, (90, 160), np.uint8)


def coarse_noise() -> Luma:
    cells = np.random.default_rng(4).integers(0, 2, (9, 16), np.uint8) * 255
    return cells.repeat(10, axis=0).repeat(10, axis=1)


@pytest.mark.parametrize(
    "luma",
    [
        pytest.param(np.zeros((90, 160), np.uint8), id="black"),
        pytest.param(np.full((90, 160), 255, np.uint8), id="white"),
        pytest.param(np.full((90, 160), 150, np.uint8), id="green"),
        pytest.param(noise(), id="noise"),
        pytest.param(coarse_noise(), id="noise in big cells"),
        pytest.param(np.tile(np.linspace(0, 255, 160).astype(np.uint8), (90, 1)), id="a ramp"),
        pytest.param(scaled(picture()[::-1, ::-1].copy(), 160, 90), id="upside down"),
        pytest.param(scaled(picture()[:, ::-1].copy(), 160, 90), id="mirrored"),
        pytest.param(np.ascontiguousarray(picture()[:, 200:]), id="cut through the mark"),
        pytest.param(scaled(picture(), 20, 12), id="too small to trust"),
        pytest.param(np.zeros((0, 0), np.uint8), id="no pixels"),
    ],
)
def test_nothing_is_read_where_there_is_no_mark(luma: Luma) -> None:
    assert read_mark(luma) is None


def test_noise_is_never_read() -> None:
    random = np.random.default_rng(5)
    for _ in range(300):
        assert read_mark(random.integers(0, 256, (90, 160), np.uint8)) is None
        cells = random.integers(0, 2, (9, 16), np.uint8) * 255
        assert read_mark(cells.repeat(10, axis=0).repeat(10, axis=1)) is None


def test_two_frames_mixed_are_never_read_as_a_third() -> None:
    for frame in range(CAMERA_FRAMES):
        both = (picture(1, frame).astype(np.uint16) + picture(1, (frame + 1) % CAMERA_FRAMES)) // 2
        assert read_mark(both.astype(np.uint8)) is None
