"""The verdict's rules, as docs/gate.md gives them."""

from __future__ import annotations

from typing import Any

import pytest

from harness.gate.catalogue import Check
from harness.gate.results import Attempt, CheckResult
from harness.gate.share import Share
from harness.gate.verdict import judge


def attempt(number: int, outcome: str, **more: object) -> Attempt:
    told: dict[str, object] = {"test": "a", "outcome": outcome, "message": "why", "phase": "call"}
    told |= {"seconds": 1.0, "phases": {}, **more}
    return Attempt(number, ["a"], [told])


def result(check: str, *outcomes: str, level: str = "must", **more: object) -> CheckResult:
    attempts = [attempt(number, outcome, **more) for number, outcome in enumerate(outcomes, 1)]
    return CheckResult(Check(check, level, "title"), attempts)


GREEN, GREEN2 = result("T01", "passed"), result("T02", "passed")
RED = result("G01", "failed", "failed")
RED_SHOULD = result("T06", "failed", "failed", level="should")
FLAKY = result("G02", "failed", "passed")
FLAKY_SHOULD = result("T12", "failed", "passed", level="should")
GAP = result("C01", "skipped")
BROKEN = result("C02", "error", harness=True)
PLANNED = CheckResult(Check("R01", "should", "title", planned=True), [])
PLANNED_MUSTS = [CheckResult(Check(f"P{n:02}", "must", "title", planned=True), []) for n in range(1, 11)]

RULES: dict[str, tuple[list[CheckResult], dict[str, Any], tuple[str, int], str]] = {
    "all green": ([GREEN, GREEN2], {}, ("RELEASE", 0), "All 2 checks are green."),
    "planned ones do not block and are named": (
        [GREEN, GREEN2, PLANNED_MUSTS[0], PLANNED],
        {},
        ("RELEASE", 0),
        "All 2 checks are green. NOT covered by this version: 1 must (P01) and 1 should.",
    ),
    "every planned must is named": (
        [GREEN, *PLANNED_MUSTS],
        {},
        ("RELEASE", 0),
        "The check is green. "
        "NOT covered by this version: 10 must (P01, P02, P03, P04, P05, P06, P07, P08, P09, P10).",
    ),
    "a red must blocks": ([GREEN, RED], {}, ("DO NOT RELEASE", 1), "1 check failed: G01."),
    "a red should blocks": ([GREEN, RED_SHOULD], {}, ("DO NOT RELEASE", 1), "1 check failed: T06."),
    "a flaky must blocks": (
        [GREEN, FLAKY],
        {},
        ("DO NOT RELEASE", 1),
        "1 check flaky (failed, then passed): G02.",
    ),
    "a flaky should blocks": (
        [GREEN, FLAKY_SHOULD],
        {},
        ("DO NOT RELEASE", 1),
        "1 check flaky (failed, then passed): T12.",
    ),
    "a gap is no pass": ([GREEN, GAP], {}, ("COULD NOT TELL", 2), "1 check not proven (gap): C01."),
    "red outweighs a gap": (
        [GAP, RED, FLAKY],
        {},
        ("DO NOT RELEASE", 1),
        "1 check failed: G01; 1 check flaky (failed, then passed): G02; 1 check not proven (gap): C01.",
    ),
    "nothing ran": ([], {}, ("COULD NOT TELL", 2), "No check ran."),
    "only planned": ([PLANNED], {}, ("COULD NOT TELL", 2), "No check ran."),
    "chosen ones green": (
        [GREEN],
        {"partial": True},
        ("PARTIAL", 0),
        "The chosen check is green: partial, not a release verdict.",
    ),
    "several chosen ones green": (
        [GREEN, GREEN2, PLANNED],
        {"partial": True},
        ("PARTIAL", 0),
        "The 2 chosen checks are green: partial, not a release verdict. "
        "NOT covered by this version: 1 should.",
    ),
    "a chosen one red": ([RED], {"partial": True}, ("DO NOT RELEASE", 1), "1 check failed: G01."),
    "a chosen one is a gap": (
        [GAP],
        {"partial": True},
        ("COULD NOT TELL", 2),
        "1 check not proven (gap): C01.",
    ),
    "the harness broke, all green before": (
        [GREEN],
        {"trouble": "No browser was found.\nlast lines"},
        ("COULD NOT TELL", 2),
        "The harness could not do its work: No browser was found.",
    ),
    "the harness broke, red is not believed": (
        [RED],
        {"trouble": "The token server died."},
        ("COULD NOT TELL", 2),
        "The harness could not do its work: The token server died.",
    ),
    "a test ended with a HarnessError": (
        [GREEN, BROKEN, RED],
        {},
        ("COULD NOT TELL", 2),
        "The harness could not do its work: why",
    ),
    "interrupted": (
        [GREEN, RED, GAP, PLANNED],
        {"interrupted": True},
        ("COULD NOT TELL", 130),
        "The run was interrupted when 2 of 3 checks had ended. Failed so far: G01.",
    ),
    "time is over": (
        [GREEN, RED, GAP, PLANNED],
        {"cut_off": "The time limit of 60 s was over"},
        ("COULD NOT TELL", 2),
        "The time limit of 60 s was over when 2 of 3 checks had ended. Failed so far: G01.",
    ),
    "time is over, all green before": (
        [GREEN, GAP],
        {"cut_off": "The time limit of 60 s was over"},
        ("COULD NOT TELL", 2),
        "The time limit of 60 s was over when 1 of 2 checks had ended.",
    ),
    "a green shard": (
        [GREEN, GREEN2],
        {"shard": Share(1, 2)},
        ("PARTIAL", 0),
        "Shard 1/2 is green (2 checks): no release verdict before all shards are merged.",
    ),
    "a red shard": (
        [GREEN, RED],
        {"shard": Share(1, 2)},
        ("DO NOT RELEASE", 1),
        "1 check failed: G01.",
    ),
    "interrupted before all else": (
        [GREEN],
        {"interrupted": True, "trouble": "pytest ended"},
        ("COULD NOT TELL", 130),
        "The run was interrupted when 1 of 1 checks had ended.",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    results, circumstances, (word, code), sentence = RULES[rule]
    verdict = judge(results, **circumstances)
    assert (verdict.word, verdict.exit_code) == (word, code)
    assert verdict.sentence == sentence


def test_what_the_harness_added_is_kept_apart_from_its_sentence() -> None:
    assert judge([GREEN], trouble="It broke.\n  line 1\n  line 2").details == "  line 1\n  line 2"


def test_many_ids_do_not_fill_the_screen() -> None:
    reds = [result(f"T{number:02}", "failed") for number in range(1, 13)]
    assert judge(reds).sentence == "12 checks failed: T01, T02, T03, T04, T05, T06, T07, T08 and 4 more."
