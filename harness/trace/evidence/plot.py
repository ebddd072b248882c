"""A series as a line on a small plane, all planes of one page over the same time."""

from __future__ import annotations

from dataclasses import dataclass

from harness.trace.evidence.account import Series

WIDTH, HEIGHT = 480.0, 64.0
HOLE = 4.0  # seconds without a point: nobody measured, so no line is drawn over it


@dataclass(frozen=True)
class Plot:
    """`lines` are the points of polylines; `moment` is where the time of the evidence lies, or None."""

    series: Series
    least: float
    most: float
    last: float
    lines: tuple[str, ...]
    moment: float | None
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def told(self) -> str:
        """The plot in words, for who does not see it."""
        unit = self.series.unit
        return f"{self.series.name}: {self.least:g} to {self.most:g} {unit}, at last {self.last:g}".strip()


def plot(series: Series, began: float, ended: float, moment: float) -> Plot:
    """`series` (with at least one point) drawn from `began` to `ended`; the plane begins at 0."""
    values = [value for _, value in series.points]
    bottom, top = min(0.0, *values), max(values)
    across, up = WIDTH / ((ended - began) or 1), (HEIGHT - 4) / ((top - bottom) or 1)

    def place(t: float, value: float) -> str:
        return f"{(t - began) * across:.1f},{HEIGHT - 2 - (value - bottom) * up:.1f}"

    lines = tuple(" ".join(place(t, value) for t, value in run) for run in _runs(series))
    at = (moment - began) * across if began <= moment <= ended else None
    return Plot(series, _round(min(values)), _round(top), _round(values[-1]), lines, at)


def _runs(series: Series) -> list[list[tuple[float, float]]]:
    """The points, parted where nobody measured."""
    runs: list[list[tuple[float, float]]] = []
    for point in series.points:
        if not runs or point[0] - runs[-1][-1][0] > HOLE:
            runs.append([])
        runs[-1].append(point)
    return runs


def _round(value: float) -> float:
    return round(value, 3) if abs(value) < 10 else round(value)
