"""The verdict as JUnit XML, one testcase per check, as Jenkins, GitLab and GitHub's reporters read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from harness.gate.results import CheckResult, State
from harness.gate.verdict import Verdict

# Characters that XML 1.0 cannot hold at all, escaped or not.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(verdict: Verdict, results: Sequence[CheckResult]) -> str:
    """The document as text. A flaky check or a gap is a failure here too: a reader must not show it green."""
    states = [result.state for result in results]
    suite = Element(
        "testsuite",
        name="release checks",
        tests=str(len(results)),
        failures=str(states.count(State.RED) + states.count(State.FLAKY)),
        errors=str(states.count(State.GAP)),
        skipped=str(states.count(State.PLANNED) + states.count(State.WAIVED)),
        time=_seconds(sum(result.seconds for result in results)),
    )
    properties = SubElement(suite, "properties")
    _property(properties, "verdict", verdict.word)
    _property(properties, "reason", verdict.sentence)
    for result in results:
        _testcase(suite, result)
    # Readers that drop properties still show what a suite said, and with it what was not covered.
    SubElement(suite, "system-out").text = _clean(f"{verdict.word}  {verdict.sentence}")
    suites = Element("testsuites")
    suites.append(suite)
    indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _testcase(suite: Element, result: CheckResult) -> None:
    check = result.check
    case = SubElement(
        suite,
        "testcase",
        classname=f"harness.{check.area}",
        name=f"{check.id} {check.title}",
        time=_seconds(result.seconds),
    )
    properties = SubElement(case, "properties")
    _property(properties, "check", check.id)
    _property(properties, "level", check.level)
    _property(properties, "state", result.state)
    _property(properties, "attempts", str(len(result.attempts)))
    if result.waiver is not None:
        ended = "" if result.waiver.in_force else ", ended"
        _property(properties, "waiver", f"until {result.waiver.until}{ended}: {result.waiver.reason}")
    for test in sorted({test for attempt in result.attempts for test in attempt.tests}):
        _property(properties, "test", test)
    if result.state in (State.PLANNED, State.WAIVED):
        SubElement(case, "skipped", message=_clean(result.message))
    elif result.state is State.GAP:
        _told(case, "error", "gap", result.message)
    elif result.state is State.RED:
        _told(case, "failure", "failed", result.message)
    elif result.state is State.FLAKY:
        _told(case, "failure", "flaky", f"flaky, passed the second time: {result.message}")
        _told(case, "flakyFailure", "flaky", result.message)


def _told(case: Element, tag: str, kind: str, message: str) -> None:
    text = _clean(message)
    SubElement(case, tag, type=kind, message=text.partition("\n")[0]).text = text


def _property(properties: Element, name: str, value: str) -> None:
    SubElement(properties, "property", name=name, value=_clean(value))


def _clean(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
