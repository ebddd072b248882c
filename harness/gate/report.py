"""report.html: the whole run on one page that needs nothing beside itself."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.gate.evidence import evidence
from harness.gate.journey import journeys
from harness.gate.progress import SIGNS
from harness.gate.results import Attempt, CheckResult, State
from harness.gate.verdict import Verdict
from harness.gate.version import own_version
from harness.trace.events import Event

if TYPE_CHECKING:
    from jinja2 import Environment

AREAS = {
    "T": "Token endpoint",
    "G": "Going live",
    "P": "Permissions and devices",
    "N": "Sign-in and network errors",
    "C": "One callId everywhere",
    "R": "Staying live",
}
MOST_FILES = 200


@dataclass(frozen=True)
class Row:
    """One check in the table of the report."""

    result: CheckResult
    sign: str
    evidence: Sequence[tuple[str, str]]

    @property
    def phases(self) -> Iterator[tuple[Attempt, str, str, str]]:
        """Each test of each attempt, how it came out and where its time went."""
        for attempt in self.result.attempts:
            for outcome in attempt.outcomes:
                times = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in outcome["phases"].items())
                yield attempt, outcome["test"], outcome["outcome"], times


def report(folder: Path, verdict: Verdict, results: Sequence[CheckResult], events: Sequence[Event]) -> str:
    """The page as text. Everything that came from outside is escaped; screenshots are embedded."""
    template = page_environment().get_template("report.html.j2")
    return template.render(
        verdict=verdict,
        tone=verdict.word.lower().replace(" ", "-"),
        run=folder.name,
        made=_made(events),
        counts=[(state, SIGNS[state], sum(r.state is state for r in results)) for state in State],
        blockers=[_row(r, folder, events) for r in results if r.state in (State.RED, State.FLAKY, State.GAP)],
        areas=_areas(results, folder, events),
        journeys=journeys(folder, results, events),
        first_frames=first_frames(events),
        phases=[(event["name"], float(event["seconds"])) for event in events if event["what"] == "phase"],
        tests=_time_in_tests(events),
        files=_files(folder),
        signs=SIGNS,
    )


def page_environment() -> Environment:
    """The templates beside this file; what is put into them is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _made(events: Sequence[Event]) -> str:
    """When, how long, and with what."""
    began, ended = (events[0]["t"], events[-1]["t"]) if events else (0.0, 0.0)
    when = datetime.fromtimestamp(began, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    system = f"{platform.system()} {platform.machine()}"
    python = platform.python_version()
    return f"{when}, {ended - began:.1f} s, harness {own_version()}, Python {python}, {system}"


def _areas(
    results: Sequence[CheckResult], folder: Path, events: Sequence[Event]
) -> list[tuple[str, list[Row], list[Row]]]:
    """The checks by area: those that ran, and those that are only planned."""
    areas = []
    for letter, name in AREAS.items():
        rows = [_row(result, folder, events) for result in results if result.check.area == letter]
        planned = [row for row in rows if row.result.state is State.PLANNED]
        if rows:
            areas.append((name, [row for row in rows if row not in planned], planned))
    return areas


def _row(result: CheckResult, folder: Path, events: Sequence[Event]) -> Row:
    tests = {(test, attempt.number) for attempt in result.attempts for test in attempt.tests}
    its_own = [event for event in events if (event["test"], event["attempt"]) in tests]
    return Row(result, SIGNS[result.state], evidence(folder, its_own))


def _time_in_tests(events: Sequence[Event]) -> dict[str, float]:
    """Seconds by phase, over all tests."""
    tests = {
        (event["test"], event["attempt"]): event["phases"] for event in events if event["what"] == "check"
    }
    names = {"setup": "set-up of tests", "call": "tests", "teardown": "clean-up of tests"}
    return {name: sum(phases.get(phase, 0.0) for phases in tests.values()) for phase, name in names.items()}


def first_frames(events: Sequence[Event]) -> list[float]:
    """Every time to first frame, in seconds, the shortest first."""
    return sorted(
        float(event["seconds"])
        for event in events
        if event["what"] == "media" and event.get("name") == "time to first frame"
    )


def _files(folder: Path) -> list[tuple[str, str]]:
    """The evidence beside the report: path and size."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "report.html"]
    return [
        (path.relative_to(folder).as_posix(), f"{path.stat().st_size / 1000:.1f} kB")
        for path in files[:MOST_FILES]
    ]
