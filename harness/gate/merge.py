"""`harness report merge`: the shards of one gate, judged as one run."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from harness.config import HarnessSettings, Waiver
from harness.errors import UsageError
from harness.gate.catalogue import catalogue, choose
from harness.gate.progress import Progress
from harness.gate.release import annotate, write_reports
from harness.gate.results import CheckResult, results
from harness.gate.run import EVENTS
from harness.gate.run_folder import new_run_folder
from harness.gate.share import Share
from harness.gate.verdict import Verdict, Word, judge
from harness.trace.events import Event, RunLog, read
from harness.trace.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from harness.gate.catalogue import Check

# What a run says of itself as a whole: the merged run says its own.
REPLACED = (EVENTS, "report.html", "report.json", "junit.xml", "timings.json")


@dataclass(frozen=True)
class Part:
    """One shard's run: its folder, its events, what was asked of it (`asked`) and what came of it."""

    folder: Path
    share: Share
    events: list[Event]
    asked: Event

    @property
    def name(self) -> str:
        """Of its folder in the merged run."""
        return f"shard-{self.share.number}"

    @property
    def trouble(self) -> str | None:
        """Why nothing can be believed of it."""
        verdicts = [event for event in self.events if event["what"] == "verdict"]
        if not verdicts:
            return f"Shard {self.share} left no verdict: it was killed, or {self.folder} is not whole."
        said = verdicts[-1]["trouble"]
        return f"Shard {self.share}: {said}" if said else None


def merge(
    settings: HarnessSettings,
    folders: Sequence[Path],
    *,
    checks: Mapping[str, Check] | None = None,
    console: Console | None = None,
) -> int:
    """Judge the runs in `folders` as one, which gets a run folder of its own; returns its exit code.

    Raises UsageError for what is no run of a shard, or not of the same gate. `checks`, `console`: for tests.
    """
    parts = [_part(folder) for folder in folders]
    _expect_one_gate(parts)
    known = catalogue() if checks is None else checks
    only = parts[0].asked["only"]
    events = sorted((event for part in parts for event in _events(part)), key=lambda event: event["t"])
    found = results(choose(only, known), events, _waivers(parts[0].asked))
    verdict = _verdict(parts, found, partial=bool(only))
    folder = new_run_folder(settings.runs)
    for part in parts:
        _copy(part, folder)
    with closing(RunLog(folder / EVENTS)) as log:
        for event in events:
            log.event(**event)
        log.event(**_asked_as_one(parts))
        log.event("harness", "verdict", **verdict.told(), trouble=None)
    verdict = write_reports(folder, verdict, found, events, Redactor())
    progress = Progress(known, console)
    progress.verdict(verdict, found, folder)
    annotate(progress, verdict, found)
    return verdict.exit_code


def _asked_as_one(parts: Sequence[Part]) -> Event:
    """What a single run would have been asked for."""
    return parts[0].asked | {"shard": str(Share()), "merged": [part.name for part in parts]}


def _part(folder: Path) -> Part:
    events = read(folder / EVENTS)
    asked = next((event for event in events if event["what"] == "run"), None)
    if asked is None:
        raise UsageError(f"{folder} holds no run of the gate: name the folders that each shard left.")
    share = Share.parse(asked["shard"])
    if share.of == 1:
        raise UsageError(f"{folder} is a whole run, no shard: it has its verdict already.")
    return Part(folder, share, events, asked)


def _expect_one_gate(parts: Sequence[Part]) -> None:
    first = parts[0]
    for number, part in enumerate(parts):
        if (part.share.of, part.asked["only"]) != (first.share.of, first.asked["only"]):
            raise UsageError(
                f"{part.folder} and {first.folder} are not shards of one gate: name those of one."
            )
        if any(part.share == other.share for other in parts[:number]):
            raise UsageError(
                f"Shard {part.share} was named twice, in the end as {part.folder}: name each once."
            )


def _events(part: Part) -> list[Event]:
    """Its events, as they are told in the merged run."""
    return [_moved(event, part) for event in part.events if event["what"] not in ("run", "verdict")]


def _moved(event: Event, part: Part) -> Event:
    if event["what"] == "collected" and event["attempt"] == 1:
        # Together they must have run all there is: what one leaves to a shard that is missing is a gap.
        return event | {"checks": _together(event["checks"], event["elsewhere"]), "elsewhere": {}}
    path = event.get("path")
    if isinstance(path, str) and (part.folder / path).is_file():
        return event | {"path": f"{part.name}/{path}"}
    return event


def _together(here: dict[str, list[str]], elsewhere: dict[str, list[str]]) -> dict[str, list[str]]:
    return {check: here.get(check, []) + elsewhere.get(check, []) for check in {**here, **elsewhere}}


def _waivers(asked: Event) -> dict[str, Waiver]:
    try:
        return TypeAdapter(dict[str, Waiver]).validate_python(asked["waivers"])
    except ValidationError:
        raise UsageError(
            "The waivers in the run log could not be read: merge with the same version."
        ) from None


def _verdict(parts: Sequence[Part], found: Sequence[CheckResult], *, partial: bool) -> Verdict:
    trouble = next((part.trouble for part in parts if part.trouble), None)
    verdict = judge(found, partial=partial, trouble=trouble)
    why = _why_not_whole(parts)
    if why and verdict.word in (Word.RELEASE, Word.PARTIAL):
        return Verdict(Word.COULD_NOT_TELL, why, 2)
    return replace(verdict, details="\n".join(filter(None, [why, verdict.details])))


def _why_not_whole(parts: Sequence[Part]) -> str:
    of = parts[0].share.of
    missing = set(range(1, of + 1)) - {part.share.number for part in parts}
    if missing:
        names = ", ".join(f"{number}/{of}" for number in sorted(missing))
        return (
            f"{'Shards' if len(missing) > 1 else 'Shard'} {names} missing: what was left to it is not proven."
        )
    if len({part.asked["split"] for part in parts}) > 1:
        return "The shards went by different timings: give each the same --timings."
    return ""


def _copy(part: Part, folder: Path) -> None:
    ignored = shutil.ignore_patterns(*REPLACED)
    shutil.copytree(part.folder, folder / part.name, ignore=ignored)
