"""The timeline of a journey as shapes on a plane, for the report to draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.trace.timeline import Lane, Mark, Timeline

WIDTH = 1000.0
LEFT = 118.0  # room for the names of the lanes
RIGHT = 12.0
ROW = 17.0
AXIS = 26.0
GAP = 7.0  # between a mark and its label
LETTER = 5.9  # width of a letter at the label's size, a little too wide rather than too narrow
LONGEST = 40  # letters of a label; all of it is in the tooltip
MOST_ROWS = 8
# The others are many, and are ticks with a tooltip.
LABELLED = frozenset({"sighting", "media", "page", "error", "phase"})


@dataclass(frozen=True)
class Shape:
    """One mark at `x`, `y`; `width` is 0 for a moment. `text`, if any, has its `anchor` at `text_x`."""

    what: str
    bad: bool
    x: float
    y: float
    width: float
    text: str
    text_x: float
    anchor: str
    tooltip: str


@dataclass(frozen=True)
class DrawnLane:
    """A lane's name, its band and its shapes."""

    who: str
    y: float
    height: float
    shapes: tuple[Shape, ...]

    @property
    def ticks(self) -> list[Shape]:
        """Moments without a label: drawn under the others."""
        return [shape for shape in self.shapes if not shape.text and not shape.bad and shape.width <= 1]

    @property
    def marks(self) -> list[Shape]:
        """The rest."""
        ticks = set(self.ticks)
        return [shape for shape in self.shapes if shape not in ticks]


@dataclass(frozen=True)
class Drawing:
    """All that the SVG needs, in its own units."""

    height: float
    lanes: tuple[DrawnLane, ...]
    ticks: tuple[tuple[float, str], ...]
    width: float = WIDTH
    left: float = LEFT
    axis: float = AXIS


def draw(timeline: Timeline) -> Drawing:
    """Lay out lanes from top to bottom and time from left to right, labels without overlap."""
    scale = (WIDTH - LEFT - RIGHT) / (timeline.seconds or 1)
    lanes = []
    y = AXIS
    for lane in timeline.lanes:
        drawn = _lane(lane, y, scale)
        lanes.append(drawn)
        y += drawn.height
    ticks = [(LEFT + at * scale, f"{at:g} s") for at in _ticks(timeline.seconds)]
    return Drawing(y + 4, tuple(lanes), tuple(ticks))


@dataclass
class _Rows:
    """Which part of each row of a lane is taken by labels already."""

    ends: list[float] = field(default_factory=list)

    def place(self, left: float, right: float) -> int | None:
        """The first row with room from `left` to `right`; None when the lane is full."""
        for row, end in enumerate(self.ends):
            if left > end + LETTER:
                self.ends[row] = right
                return row
        if len(self.ends) >= MOST_ROWS:
            return None
        self.ends.append(right)
        return len(self.ends) - 1


def _lane(lane: Lane, y: float, scale: float) -> DrawnLane:
    rows = _Rows()
    shapes = []
    said: set[str] = set()
    for mark in lane.marks:
        text = _label(mark)
        # A page shows its id again and again: a label for the first time is enough.
        shapes.append(_shape(mark, "" if text in said else text, y, scale, rows))
        said |= {text} if mark.what == "sighting" else set()
    return DrawnLane(lane.who, y, 10 + ROW * max(1, len(rows.ends)), tuple(shapes))


def _shape(mark: Mark, text: str, y: float, scale: float, rows: _Rows) -> Shape:
    x, width = LEFT + mark.at * scale, mark.seconds * scale
    row, length = 0, len(text) * LETTER
    # At the right edge the label stands before its mark.
    before = x + GAP + length > WIDTH
    text_x = x - GAP if before else x + GAP
    if text:
        left, right = (text_x - length, x) if before else (x, text_x + length)
        placed = rows.place(left, max(right, x + width))
        text, row = (text, placed) if placed is not None else ("", MOST_ROWS - 1)
    anchor = "end" if before else "start"
    tooltip = f"{mark.at:.3f} s  {mark.what}: {mark.label}"
    return Shape(mark.what, mark.bad, x, y + 5 + ROW * (row + 0.5), width, text, text_x, anchor, tooltip)


def _label(mark: Mark) -> str:
    if mark.what not in LABELLED and not mark.bad:
        return ""
    text = mark.label.partition(": ")[0] if mark.what == "sighting" else mark.label
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _ticks(seconds: float, most: int = 10) -> Iterable[float]:
    """Round times from 0 to `seconds`, at most `most` + 1 of them."""
    step = 0.01
    for factor in (2, 2.5, 2) * 20:
        if seconds / step <= most:
            break
        step *= factor
    return (round(number * step, 6) for number in range(int(seconds / step) + 1))
