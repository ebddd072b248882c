"""Runs in which the harness itself breaks: never green, never blamed on the product, in its own words."""

from __future__ import annotations

import re

import pytest

from tests.unit.gate.conftest import RunGate


def test_the_harness_breaking_is_not_the_product_breaking(run_gate: RunGate) -> None:
    run = run_gate("""
        from harness.errors import ServerError

        @pytest.fixture(scope="session")
        def stack(): raise ServerError("The token server died.\\n  last line")

        @pytest.mark.check("T01", "T02", "G01")
        def test_a(stack): pass
    """)
    assert run.exit_code == 2
    assert "COULD NOT TELL  The harness could not do its work: The token server died.\n" in run.terminal
    assert "  last line" in run.terminal
    assert "Once more" not in run.terminal
    assert "The token server died." in run.report


def test_a_plugin_that_gives_up_is_quoted(run_gate: RunGate) -> None:
    run = run_gate("""
        @pytest.fixture(autouse=True)
        def give_up(request):
            from harness.trace.events import RunLog
            log = RunLog(request.config.getoption("--run-dir") / "events.jsonl")
            log.event("harness", "error", message="No browser was found: install one.")
            pytest.exit("No browser was found: install one.", returncode=2)

        @pytest.mark.check("T01")
        def test_a(): pass
    """)
    assert run.exit_code == 2
    assert "The harness could not do its work: No browser was found: install one.\n" in run.terminal


def test_tests_that_cannot_be_collected_are_the_harness_own_fault(run_gate: RunGate) -> None:
    run = run_gate("raise RuntimeError('half a file')")
    assert run.exit_code == 2
    assert "pytest ended with exit code 2" in run.terminal
    assert "half a file" in run.terminal


def test_a_process_that_dies_is_never_green(run_gate: RunGate) -> None:
    run = run_gate("""
        import os

        @pytest.mark.check("T01", "T02")
        def test_a(): pass

        @pytest.mark.check("G01")
        def test_b(): os._exit(0)
    """)
    assert run.exit_code == 2
    assert "not proven (gap): G01" in run.terminal
    assert "Did not end: G01" in run.terminal
    assert re.search(r"✔ T01 +\d+\.\d s  answers\n", run.terminal)


def test_a_failure_that_no_check_owns_is_never_green(run_gate: RunGate) -> None:
    run = run_gate("""
        @pytest.fixture
        def unseen(request):
            yield
            request.session.testsfailed += 1  # as a plugin does for what no test reports

        @pytest.mark.check("T01", "T02", "G01")
        def test_a(unseen): pass
    """)
    assert run.exit_code == 2
    assert "COULD NOT TELL  The harness could not do its work: pytest saw a failure that no" in run.terminal
    assert "logs/pytest-1.log" in run.terminal


def test_a_report_that_cannot_be_written_leaves_none_that_says_release(
    run_gate: RunGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harness.gate.report.report", no_room)
    run = run_gate("""
        @pytest.mark.check("T01", "T02", "G01")
        def test_all(): pass
    """)
    assert run.exit_code == 2
    assert "the report could not be written ([Errno 28] No space left on device)" in run.terminal
    assert "COULD NOT TELL" in run.junit
    assert "RELEASE" not in run.junit
    assert not (run.folder / "report.json").exists()


def test_what_is_red_is_not_run_again_by_a_broken_harness(run_gate: RunGate) -> None:
    run = run_gate("""
        from harness.errors import ServerError

        @pytest.mark.check("T01")
        def test_a(): raise AssertionError("red")

        @pytest.mark.check("T02", "G01")
        def test_b(): raise ServerError("The token server died.")
    """)
    assert run.exit_code == 2
    assert "Once more" not in run.terminal
    assert "✘ T01" in run.terminal


def test_what_went_wrong_first_decides_unless_the_harness_broke(run_gate: RunGate) -> None:
    run = run_gate("""
        from harness.errors import ServerError

        @pytest.fixture
        def dies():
            yield
            raise ServerError("The token server died.")

        @pytest.fixture
        def untidy():
            yield
            raise RuntimeError("left open")

        @pytest.mark.check("T01")
        def test_red_then_untidy(untidy): raise AssertionError("red")

        @pytest.mark.check("T02")
        def test_red_then_broken(dies): raise AssertionError("red")

        @pytest.mark.check("G01")
        def test_skipped_then_untidy(untidy): pytest.skip("not here")
    """)
    decided = {
        event["id"]: (event["outcome"], event["phase"], event["message"], event["harness"])
        for event in run.events
        if event["what"] == "check"
    }
    assert decided == {
        "T01": ("failed", "call", "red", False),
        "T02": ("error", "teardown", "The token server died.", True),
        "G01": ("error", "teardown", "RuntimeError: left open", False),
    }
    assert run.exit_code == 2
