"""`harness report trend`: how time to first frame, duration and flakes went over runs, on one page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from harness.errors import HarnessError, UsageError
from harness.gate.catalogue import catalogue
from harness.gate.report import first_frames, page_environment
from harness.gate.results import CheckResult, State, results
from harness.gate.run import EVENTS
from harness.trace.events import read

WIDTH, HEIGHT = 640.0, 180.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 14.0, 14.0, 26.0


@dataclass(frozen=True)
class RunPoint:
    """One run: `began` in unix seconds, `seconds` it took; `frames` the times to first frame, in seconds."""

    name: str
    began: float
    seconds: float
    verdict: str
    frames: Sequence[float]
    flaky: Sequence[str]
    red: Sequence[str]

    @property
    def when(self) -> str:
        return datetime.fromtimestamp(self.began, UTC).strftime("%Y-%m-%d %H:%M")

    @property
    def first_frame(self) -> float | None:
        """The median; None when nobody saw a picture."""
        return median(self.frames) if self.frames else None


@dataclass(frozen=True)
class Dot:
    """One value of one run, at `x`, `y`."""

    x: float
    y: float
    tooltip: str


@dataclass(frozen=True)
class Chart:
    """A line through one value of each run, with faint dots for what it sums up."""

    title: str
    dots: Sequence[Dot]
    faint: Sequence[Dot]
    ticks: Sequence[tuple[float, str]]
    first: str
    last: str
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT

    @property
    def line(self) -> str:
        return " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in self.dots)


def trend(folders: Iterable[Path], file: Path) -> None:
    """Write the page over these runs to `file`; raises UsageError for what is no run, HarnessError."""
    points = sorted((_point(folder) for folder in folders), key=lambda point: point.began)
    page = page_environment().get_template("trend.html.j2").render(points=points, charts=charts(points))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise HarnessError(
            f"{file} could not be written ({error.strerror}): name another with --out."
        ) from None


def charts(points: Sequence[RunPoint]) -> list[Chart]:
    """By run from left to right; each from 0 up, so that a small change does not look like a large one."""
    return [
        _chart(
            "Time to first frame, s (line: median of a run)",
            points,
            [point.first_frame for point in points],
            [point.frames for point in points],
        ),
        _chart("Duration of the run, s", points, [point.seconds for point in points]),
        _chart("Flaky checks", points, [float(len(point.flaky)) for point in points]),
    ]


def _point(folder: Path) -> RunPoint:
    events = read(folder / EVENTS)
    if not events:
        raise UsageError(f"{folder} holds no run of the gate: name folders below runs/.")
    found = results(catalogue().values(), events)
    verdicts = [event for event in events if event["what"] == "verdict"]
    return RunPoint(
        folder.resolve().name,
        events[0]["t"],
        events[-1]["t"] - events[0]["t"],
        verdicts[-1]["word"] if verdicts else "no verdict",
        first_frames(events),
        _ids(found, State.FLAKY),
        _ids(found, State.RED),
    )


def _chart(
    title: str,
    points: Sequence[RunPoint],
    values: Sequence[float | None],
    parts: Sequence[Sequence[float]] = (),
) -> Chart:
    known = [value for value in values if value is not None]
    top = _round_up(max([*known, *(part for run in parts for part in run)], default=0.0))
    xs = _xs(len(points))

    def dot(run: int, value: float) -> Dot:
        y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)
        return Dot(xs[run], y, f"{points[run].when}, {points[run].name}: {value:g}")

    return Chart(
        title,
        [dot(run, value) for run, value in enumerate(values) if value is not None],
        [dot(run, value) for run, its_own in enumerate(parts) for value in its_own],
        [(TOP + (HEIGHT - TOP - BOTTOM) * (1 - part), f"{top * part:g}") for part in (0, 0.5, 1)],
        points[0].when if points else "",
        points[-1].when if len(points) > 1 else "",
    )


def _xs(count: int) -> list[float]:
    step = (WIDTH - LEFT - RIGHT) / max(1, count - 1)
    return [LEFT + step * number for number in range(count)]


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20 ... from `value` on, so that the axis has round numbers."""
    step = 0.01
    for factor in (2, 2.5, 2) * 10:
        if step >= value:
            break
        step *= factor
    return round(step, 6) if value else 1.0


def _ids(found: Iterable[CheckResult], state: State) -> list[str]:
    return [result.check.id for result in found if result.state is state]
