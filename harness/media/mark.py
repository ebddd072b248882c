"""The mark in a camera picture: which clip it is, and which of its frames.

A grid of 8 x 7 big cells in the middle of the picture. The outer cells are all white: the ring by which the
mark is found, wherever cropping and scaling have put it. Of the 6 x 5 cells inside, the upper left corner is
white and the other corners are black, so that only one way round can be read; the other 26 are bits, row by
row, most significant first: clip id (8), frame (8), checksum (10). A mark that is smeared or cut does not
check, and is not read at all: no picture is taken for that of a clip by accident.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
Cells = npt.NDArray[np.bool_]

COLUMNS, ROWS = 8, 7
CORNERS = ((1, 1), (1, -2), (-2, 1), (-2, -2))
CORNER_CELLS = (True, False, False, False)
CHECKSUM_BITS = 10

SMALLEST_CELL = 3  # pixels: below it the blocks of a video codec decide what a cell shows
LEAST_CONTRAST = 60.0  # grey levels from black to white cells: wrong exposure passes, a flat picture does not
LEAST_CERTAINTY = 0.15  # of the contrast: how far a cell must be from the middle between white and black


@dataclass(frozen=True)
class Mark:
    """`clip_id` 0..255; `frame` counts from 0 when the camera opens and starts again when the clip does."""

    clip_id: int
    frame: int


def mark_cells(mark: Mark) -> Cells:
    """The grid of `mark`, ROWS x COLUMNS, true where white. Id or frame outside 0..255: ValueError."""
    payload = bytes([mark.clip_id, mark.frame])
    word = int.from_bytes(payload) << CHECKSUM_BITS | _checksum(payload)
    cells = _frame_of_cells()
    cells[_bit_cells()] = [bool(word >> place & 1) for place in reversed(range(16 + CHECKSUM_BITS))]
    return cells


def read_mark(luma: Luma) -> Mark | None:
    """The mark in a picture (H x W brightness, 0..255, 64 or more wide); None when there is none to trust."""
    box = _find_ring(luma)
    if box is None:
        return None
    cells = _cells_inside(luma[box])
    return None if cells is None else decode(cells)


def decode(cells: Cells) -> Mark | None:
    """What the grid says; None when ring and corners are not as they must be or the checksum does not fit."""
    bits = _bit_cells()
    if (cells != _frame_of_cells())[~bits].any():
        return None
    word = int("".join("1" if bit else "0" for bit in cells[bits]), 2)
    payload = (word >> CHECKSUM_BITS).to_bytes(2)
    if word & (1 << CHECKSUM_BITS) - 1 != _checksum(payload):
        return None
    return Mark(clip_id=payload[0], frame=payload[1])


def _frame_of_cells() -> Cells:
    """The grid with its ring and corners, and every bit black."""
    cells = np.ones((ROWS, COLUMNS), np.bool_)
    cells[1:-1, 1:-1] = False
    for corner, white in zip(CORNERS, CORNER_CELLS, strict=True):
        cells[corner] = white
    return cells


def _bit_cells() -> Cells:
    """True for each cell that carries a bit."""
    bits = np.zeros((ROWS, COLUMNS), np.bool_)
    bits[1:-1, 1:-1] = True
    for corner in CORNERS:
        bits[corner] = False
    return bits


def _checksum(payload: bytes) -> int:
    return zlib.crc32(payload) & (1 << CHECKSUM_BITS) - 1


def _find_ring(luma: Luma) -> tuple[slice, slice] | None:
    """Where the mark is. Its outer rows and columns hold more white than any other, so they bound it."""
    dark, bright = np.percentile(luma, (1, 99)) if luma.size else (0, 0)
    if bright - dark < LEAST_CONTRAST:
        return None
    white = luma > dark + 0.62 * (bright - dark)
    rows, columns = _extent(white.sum(axis=1)), _extent(white.sum(axis=0))
    height, width = rows.stop - rows.start, columns.stop - columns.start
    if height < ROWS * SMALLEST_CELL or width < COLUMNS * SMALLEST_CELL:
        return None
    return rows, columns


def _extent(counts: npt.NDArray[np.int_]) -> slice:
    full = np.flatnonzero(counts >= 0.8 * counts.max())
    return slice(int(full[0]), int(full[-1]) + 1)


def _cells_inside(picture: Luma) -> Cells | None:
    """White or black for each cell, from the mean of its middle; None when one of them is neither."""
    height, width = picture.shape
    levels = np.empty((ROWS, COLUMNS))
    for row in range(ROWS):
        for column in range(COLUMNS):
            top, bottom = _middle(row, height / ROWS)
            left, right = _middle(column, width / COLUMNS)
            levels[row, column] = picture[top:bottom, left:right].mean()
    contrast = levels.max() - levels.min()
    if contrast < LEAST_CONTRAST:
        return None
    above = (levels - levels.min()) / contrast - 0.5
    return None if (np.abs(above) < LEAST_CERTAINTY).any() else above > 0


def _middle(index: int, size: float) -> tuple[int, int]:
    """Pixels of the middle half of a cell: at least one, away from its blurred edges."""
    start = round((index + 0.25) * size)
    return start, max(start + 1, round((index + 0.75) * size))
