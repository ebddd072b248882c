"""report.json: the verdict for programs. docs/report.schema.json is its published schema, made from here."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.gate.evidence import evidence
from harness.gate.results import Attempt, CheckResult, State
from harness.gate.verdict import Verdict, Word
from harness.gate.version import own_version
from harness.trace.events import Event

FORMAT: Literal[1] = 1  # raised when a program that read the last one could misread this one


class Told(BaseModel):
    """What a report tells; nothing else is in it."""

    model_config = ConfigDict(extra="forbid")


class TheVerdict(Told):
    word: Word
    sentence: str = Field(description="the reason, in one sentence")
    exit_code: int = Field(
        description="0 release or partial, 1 do not release, 2 could not tell, 130 interrupted"
    )
    details: str = Field(description="what the harness added; may be empty")


class TheRun(Told):
    name: str = Field(description="the folder of the run")
    began: datetime
    seconds: float
    only: list[str] = Field(description="what was chosen; empty: all checks")
    shard: str = Field(description="k/n; 1/1 is the whole")
    workers: int
    harness: str
    python: str
    system: str


class TheTest(Told):
    test: str
    outcome: Literal["passed", "failed", "error", "skipped"]
    message: str
    seconds: float


class TheAttempt(Told):
    number: int
    state: State
    tests: list[TheTest] = Field(description="those that ended")
    unended: list[str] = Field(description="those that did not")


class TheWaiver(Told):
    reason: str
    until: date
    in_force: bool


class TheCheck(Told):
    id: str
    level: Literal["must", "should"]
    title: str
    state: State
    message: str = Field(description="why it is not green; else empty")
    seconds: float
    waiver: TheWaiver | None
    attempts: list[TheAttempt]
    evidence: list[str] = Field(description="files in the run folder")


class Measured(Told):
    """What was measured on people's pages, such as the time to first frame."""

    name: str
    who: str
    test: str | None
    value: float
    unit: str = Field(description="s for seconds; empty where the name says it")


class Report(Told):
    """The whole of report.json."""

    format: Literal[1]
    verdict: TheVerdict
    run: TheRun
    checks: list[TheCheck]
    measured: list[Measured]


def report_json(
    folder: Path, verdict: Verdict, results: Sequence[CheckResult], events: Sequence[Event]
) -> str:
    """The document as text."""
    told = Report(
        format=FORMAT,
        verdict=TheVerdict(**verdict.told(), details=verdict.details),
        run=_run(folder, events),
        checks=[_check(result, folder, events) for result in results],
        measured=measured(events),
    )
    return told.model_dump_json(indent=1) + "\n"


def schema() -> str:
    """The schema of what `report_json` writes, as docs/report.schema.json has it."""
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(draft | Report.model_json_schema(mode="serialization"), indent=1) + "\n"


def publish(file: Path) -> None:
    """Write the schema, after a change of what is told."""
    file.write_text(schema(), encoding="utf-8")


def measured(events: Sequence[Event]) -> list[Measured]:
    """Everything that is a number."""
    return [
        Measured(
            name=str(event.get("name")),
            who=event["who"],
            test=event["test"],
            value=value,
            unit="s" if "seconds" in event else str(event.get("unit", "")),
        )
        for event in events
        if event["what"] == "media"
        and isinstance(value := event.get("seconds", event.get("value")), int | float)
    ]


def _run(folder: Path, events: Sequence[Event]) -> TheRun:
    asked: dict[str, Any] = next((event for event in events if event["what"] == "run"), {})
    began, ended = (events[0]["t"], events[-1]["t"]) if events else (0.0, 0.0)
    return TheRun(
        name=folder.name,
        began=datetime.fromtimestamp(began, UTC),
        seconds=round(ended - began, 3),
        only=asked.get("only", []),
        shard=asked.get("shard", "1/1"),
        workers=asked.get("workers", 1),
        harness=own_version(),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
    )


def _check(result: CheckResult, folder: Path, events: Sequence[Event]) -> TheCheck:
    waiver, check = result.waiver, result.check
    tests = {(test, attempt.number) for attempt in result.attempts for test in attempt.tests}
    its_own = [event for event in events if (event["test"], event["attempt"]) in tests]
    return TheCheck(
        id=check.id,
        level="must" if check.level == "must" else "should",
        title=check.title,
        state=result.state,
        message=result.message,
        seconds=round(result.seconds, 3),
        waiver=TheWaiver(**waiver.model_dump(), in_force=waiver.in_force) if waiver else None,
        attempts=[_attempt(attempt) for attempt in result.attempts],
        evidence=[link for link, _ in evidence(folder, its_own)],
    )


def _attempt(attempt: Attempt) -> TheAttempt:
    ended = {outcome["test"] for outcome in attempt.outcomes}
    return TheAttempt(
        number=attempt.number,
        state=attempt.state,
        tests=[
            TheTest(**{name: outcome[name] for name in TheTest.model_fields}) for outcome in attempt.outcomes
        ],
        unended=[test for test in attempt.tests if test not in ended],
    )
