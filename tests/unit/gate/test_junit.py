"""JUnit XML that any reader can parse, whatever the messages hold."""

from __future__ import annotations

from xml.etree import ElementTree

from harness.gate.catalogue import Check
from harness.gate.junit import junit
from harness.gate.results import Attempt, CheckResult
from harness.gate.verdict import judge

AWKWARD = 'first "line" <b>&\x00\x1b[31m\ud800\U0001f389\nsecond ]]> line'


def test_awkward_messages_are_kept_as_far_as_xml_can_hold_them() -> None:
    outcome = {"test": "t[<a>]", "outcome": "failed", "message": AWKWARD, "phase": "call", "seconds": 0.25}
    result = CheckResult(Check("T01", "must", 'says "no" & <more>'), [Attempt(1, ["t[<a>]"], [outcome])])
    document = ElementTree.fromstring(junit(judge([result]), [result]))
    (case,) = document.iter("testcase")
    (failure,) = case.iter("failure")
    assert (case.get("name"), case.get("classname"), case.get("time")) == (
        'T01 says "no" & <more>',
        "harness.T",
        "0.250",
    )
    assert failure.get("message") == 'first "line" <b>&\ufffd\ufffd[31m\ufffd\U0001f389'
    assert str(failure.text).endswith("\nsecond ]]> line")


def test_properties_say_verdict_level_state_and_tests() -> None:
    outcome = {"test": "a", "outcome": "passed", "message": "", "phase": "call", "seconds": 1.0}
    result = CheckResult(Check("G01", "should", "goes live"), [Attempt(1, ["a"], [outcome])])
    document = ElementTree.fromstring(junit(judge([result]), [result]))
    properties = [(prop.get("name"), prop.get("value")) for prop in document.iter("property")]
    assert properties == [
        ("verdict", "RELEASE"),
        ("reason", "The check is green."),
        ("check", "G01"),
        ("level", "should"),
        ("state", "pass"),
        ("attempts", "1"),
        ("test", "a"),
    ]
    assert document.findtext("testsuite/system-out") == "RELEASE  The check is green."
