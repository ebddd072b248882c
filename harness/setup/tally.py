"""What became of the tests of a run of pytest, as its JUnit file tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

OPTIONS = ("-o", "junit_family=xunit1")  # the family that says in which file a test is


@dataclass(frozen=True)
class Tally:
    """How many passed, the ids of those that failed, and why each of the others was not run, by id."""

    passed: int = 0
    failed: tuple[str, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> str:
        """Like `12 passed, 1 failed`; empty where nothing ran."""
        numbers = {"passed": self.passed, "failed": len(self.failed), "skipped": len(self.skipped)}
        return ", ".join(f"{number} {what}" for what, number in numbers.items() if number)


def options(file: Path) -> tuple[str, ...]:
    """What makes pytest write `file`."""
    return (*OPTIONS, f"--junitxml={file}")


def tally(file: Path) -> Tally:
    """Of a file that pytest wrote; of one that is not there or was not finished: nothing."""
    try:
        tree = ElementTree.parse(file)  # noqa: S314  our own pytest wrote it
    except (OSError, ElementTree.ParseError):
        return Tally()
    return _counted(list(tree.iter("testcase")))


def together(tallies: Iterable[Tally]) -> Tally:
    """Of several runs."""
    each = list(tallies)
    failed = tuple(test for one in each for test in one.failed)
    skipped = {test: why for one in each for test, why in one.skipped.items()}
    return Tally(sum(one.passed for one in each), failed, skipped)


def _counted(cases: Sequence[Element]) -> Tally:
    # One that passed and whose fixtures could not end has two entries: it failed.
    failed = dict.fromkeys(_id(case) for case in cases if _has(case, "failure") or _has(case, "error"))
    skipped = {_id(case): _reason(case) for case in cases if _has(case, "skipped")}
    passed = {_id(case) for case in cases} - failed.keys() - skipped.keys()
    return Tally(len(passed), tuple(failed), skipped)


def _has(case: Element, outcome: str) -> bool:
    return case.find(outcome) is not None


def _reason(case: Element) -> str:
    return next((one.get("message", "") for one in case.iter("skipped")), "")


def _id(case: Element) -> str:
    """As pytest takes it; of a file that could not be collected it is the file."""
    file, name = case.get("file", ""), case.get("name", "")
    return file if file.replace("/", ".") == f"{name}.py" else f"{file}::{name}"
