"""What GitHub is told: hostile text stays text, and each command is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.gate.catalogue import Check
from harness.gate.github import annotated, outputs, summary
from harness.gate.results import CheckResult
from harness.gate.verdict import judge
from harness.trace.redactor import Redactor
from tests.unit.gate.conftest import RunGate
from tests.unit.gate.test_verdict import GREEN, attempt

HOSTILE = (
    "100%\r\n::error title=forged::all is lost <img src=https://evil.example/x> [a](b) | `c` @all se:cret"
)
RED = CheckResult(Check("G01", "must", "goes live"), [attempt(1, "failed", message=HOSTILE)])


def test_annotation_is_one_line_whatever_it_says() -> None:
    first, second = annotated(judge([RED]), [RED])
    assert first == "::error title=DO NOT RELEASE::1 check failed: G01."
    assert second.startswith("::error title=G01 fail (must)::100%25%0D%0A::error title=forged::all is lost")
    assert len(second.splitlines()) == 1


def test_summary_is_a_table_that_hostile_text_cannot_leave() -> None:
    page = summary(judge([GREEN, RED]), [GREEN, RED], Redactor(["se:cret"]).redact)
    (row,) = [line for line in page.splitlines() if "G01 goes live" in line]
    assert row.count("|") == 5
    for mark in ("<img", "](", "`c`", "@all", "se&#58;cret", "se:cret"):
        assert mark not in page
    assert page.startswith("## DO NOT RELEASE\n")


def test_many_red_checks_leave_room_for_the_verdict() -> None:
    many = [CheckResult(Check(f"T{n}", "must", "t"), [attempt(1, "failed")]) for n in range(30)]
    assert len(list(annotated(judge(many), many))) == 10


def test_later_steps_may_read_the_verdict() -> None:
    assert outputs(judge([GREEN]), Path("/runs/1")) == "verdict=RELEASE\nexit-code=0\nrun=/runs/1\n"


def test_a_job_gets_summary_outputs_and_annotations(
    run_gate: RunGate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    run = run_gate("""
        @pytest.mark.check("T01", "T02", "G01")
        def test_all(): raise AssertionError("red")
    """)
    assert "::error title=DO NOT RELEASE::3 checks failed" in run.terminal
    assert "::error title=T02 fail (should)::red" in run.terminal.splitlines()
    assert "## DO NOT RELEASE" in (tmp_path / "summary.md").read_text()
    assert "verdict=DO NOT RELEASE\n" in (tmp_path / "output").read_text()
