"""What the target's owner waives does not block, is never called green, and stands in the verdict."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from harness.config import Waiver
from harness.errors import UsageError
from tests.unit.gate.conftest import RunGate

TODAY = date.today()
IN_FORCE = Waiver(reason="until the log can be read", until=TODAY)
ENDED = Waiver(reason="it was to be mended by now", until=TODAY - timedelta(days=1))
RED_AND_GAP = """
    @pytest.mark.check("T01")
    def test_must(): pytest.skip("not run: needs a log")

    @pytest.mark.check("T02")
    def test_should(): raise AssertionError("red")

    @pytest.mark.check("G01")
    def test_good(): pass
"""


def test_waived_checks_do_not_block_and_are_named(run_gate: RunGate) -> None:
    run = run_gate(RED_AND_GAP, T01=IN_FORCE, T02=IN_FORCE)
    assert run.exit_code == 0
    assert (
        f"RELEASE  The check is green. WAIVED, not proven: T01 until {TODAY}, T02 until {TODAY}."
        in run.terminal
    )
    assert f"waived until {TODAY} (until the log can be read): red" in run.terminal
    suite = ElementTree.fromstring(run.junit)[0]
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("0", "0", "3")


def test_waiver_that_ended_covers_nothing(run_gate: RunGate) -> None:
    run = run_gate(RED_AND_GAP, T01=ENDED, T02=ENDED)
    assert run.exit_code == 1
    assert (
        "1 check failed: T02; 1 check not proven (gap): T01; 2 checks no longer waived: T02, T01."
        in run.terminal
    )
    assert f"(its waiver ended on {ENDED.until})" in run.terminal


def test_failure_of_a_must_cannot_be_waived(run_gate: RunGate) -> None:
    run = run_gate(
        """
        @pytest.mark.check("T01", "T02", "G01")
        def test_all(): raise AssertionError("red")
        """,
        T01=IN_FORCE,
        T02=IN_FORCE,
        G01=IN_FORCE,
    )
    assert run.exit_code == 1
    assert "2 checks failed: T01, G01." in run.terminal
    assert "(its waiver cannot cover this)" in run.terminal


def test_broken_harness_cannot_be_waived(run_gate: RunGate) -> None:
    run = run_gate(
        """
        from harness.errors import ServerError

        @pytest.mark.check("T01", "T02", "G01")
        def test_all(): raise ServerError("The token server died.")
        """,
        T02=IN_FORCE,
    )
    assert run.exit_code == 2
    assert "The harness could not do its work: The token server died." in run.terminal


def test_waiver_of_what_is_no_check_is_refused(run_gate: RunGate) -> None:
    with pytest.raises(UsageError, match="There is a waiver of 'T77', which is no check"):
        run_gate(RED_AND_GAP, T77=IN_FORCE)
