"""The gate as a whole, over small suites in real pytest processes: each kind of run once."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from harness.errors import UsageError
from tests.unit.gate.conftest import RunGate
from tests.unit.gate.run_dir_plugin import SECRET

ALL_GREEN = """
    @pytest.mark.check("T01")
    @pytest.mark.parametrize("case", ["a", "b"])
    def test_answers(case): pass

    @pytest.mark.check("T02", "G01")
    def test_signs_and_goes_live(): pass

    def test_of_no_check(): raise AssertionError("must not count")
"""
ONE_OF_EACH = """
    import os
    from pathlib import Path
    from harness.errors import Finding

    @pytest.mark.check("T01")
    @pytest.mark.parametrize("case", ["good", "bad"])
    def test_red(case):
        if case == "bad":
            raise Finding("expected 200, came 500: <b>&")

    @pytest.mark.check("T02")
    def test_flaky():
        seen = Path(__file__).with_name("seen")
        first = not seen.exists()
        seen.write_text("")
        assert not first, "not the first time"

    @pytest.mark.check("G01")
    @pytest.mark.skip(reason="no Firefox here")
    def test_skipped(): pass
"""


def test_all_green_is_a_release(run_gate: RunGate) -> None:
    run = run_gate(ALL_GREEN)
    assert run.exit_code == 0
    assert re.search(r"✔ T01 +\d+\.\d s  answers\n", run.terminal)
    assert re.search(r"✔ T02 +\d+\.\d s  signs\n", run.terminal)
    assert (
        " RELEASE  All 3 checks are green. NOT covered by this version: 1 must (G02).\nReport: "
        f"{run.folder}/report.html" in run.terminal
    )
    header = run.report[run.report.index("<header") : run.report.index("</header>")]
    assert "NOT covered by this version: 1 must (G02)." in header
    assert ElementTree.fromstring(run.junit).findtext("testsuite/system-out") == (
        "RELEASE  All 3 checks are green. NOT covered by this version: 1 must (G02)."
    )
    assert "Once more" not in run.terminal
    assert "<h1>RELEASE</h1>" in run.report
    assert {event["attempt"] for event in run.events} == {1}
    outcomes = [(event["id"], event["outcome"]) for event in run.events if event["what"] == "check"]
    assert sorted(outcomes) == [("G01", "passed"), ("T01", "passed"), ("T01", "passed"), ("T02", "passed")]


def test_red_flaky_and_gap_are_told_apart_and_block(run_gate: RunGate) -> None:
    run = run_gate(ONE_OF_EACH)
    assert run.exit_code == 1
    assert "Once more in a fresh process: T01, T02\n" in run.terminal
    assert re.search(r"~ T02 +\d+\.\d s  FLAKY  signs\n", run.terminal)
    assert (
        "DO NOT RELEASE  1 check failed: T01; 1 check flaky (failed, then passed): T02; "
        "1 check not proven (gap): G01." in run.terminal
    )
    assert "expected 200, came 500: <b>&" in run.terminal
    assert "skipped: no Firefox here" in run.terminal
    assert "expected 200, came 500: &lt;b&gt;&amp;" in run.report
    again = [
        (event["id"], event["outcome"]) for event in run.events if event.get("id") and event["attempt"] == 2
    ]
    assert again == [("T01", "passed"), ("T01", "failed"), ("T02", "passed")]


def test_junit_counts_flaky_and_gap_as_not_passed(run_gate: RunGate) -> None:
    suite = ElementTree.fromstring(run_gate(ONE_OF_EACH).junit)[0]
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "2",
        "errors": "1",
        "skipped": "1",
    }
    tags = {
        str(case.get("name"))[:3]: [child.tag for child in case if child.tag != "properties"]
        for case in suite.iter("testcase")
    }
    assert tags == {
        "T01": ["failure"],
        "T02": ["failure", "flakyFailure"],
        "G01": ["error"],
        "G02": ["skipped"],
    }


def test_an_assertion_is_told_in_the_words_of_its_author(run_gate: RunGate) -> None:
    run = run_gate("""
        @pytest.mark.check("T01")
        def test_a():
            row = {"is_live": False}
            assert row == {"is_live": True}, f"expected a live row, it is {row}"

        @pytest.mark.check("T02", "G01")
        def test_b(): assert 1 + 1 == 3
    """)
    told = {event["id"]: event["message"] for event in run.events if event["what"] == "check"}
    assert told == {
        "T01": "expected a live row, it is {'is_live': False}",
        "T02": "assert (1 + 1) == 3",
        "G01": "assert (1 + 1) == 3",
    }


def test_chosen_checks_are_run_alone_and_give_no_release(run_gate: RunGate) -> None:
    run = run_gate(ALL_GREEN, ["T02"])
    assert run.exit_code == 0
    assert "PARTIAL  The chosen check is green: partial, not a release verdict." in run.terminal
    assert [event["id"] for event in run.events if event["what"] == "check"] == ["T02", "G01"]
    assert "RELEASE" not in run.terminal.replace("PARTIAL", "")


def test_an_unknown_check_is_refused_before_anything_is_made(run_gate: RunGate) -> None:
    with pytest.raises(UsageError, match="no check 'T77'"):
        run_gate(ALL_GREEN, ["T77"])


def test_a_check_without_a_test_is_a_gap(run_gate: RunGate) -> None:
    run = run_gate("""
        @pytest.mark.check("T01", "T02")
        def test_two(): pass
    """)
    assert run.exit_code == 2
    assert "COULD NOT TELL  1 check not proven (gap): G01." in run.terminal
    assert "no test of it was collected" in run.terminal


def test_no_test_at_all_is_no_release(run_gate: RunGate) -> None:
    assert run_gate("").exit_code == 2


def test_set_up_that_fails_is_red_and_clean_up_too(run_gate: RunGate) -> None:
    run = run_gate("""
        @pytest.fixture
        def broken(): raise RuntimeError("no party")

        @pytest.fixture
        def untidy():
            yield
            raise RuntimeError("left open")

        @pytest.mark.check("T01")
        def test_a(broken): pass

        @pytest.mark.check("T02", "G01")
        def test_b(untidy): pass
    """)
    assert run.exit_code == 1
    assert "DO NOT RELEASE  3 checks failed: T01, T02, G01." in run.terminal
    assert "set-up of its test failed: RuntimeError: no party" in run.terminal
    assert "clean-up of its test failed: RuntimeError: left open" in run.terminal


def test_an_expected_failure_proves_nothing(run_gate: RunGate) -> None:
    run = run_gate("""
        @pytest.mark.check("T01")
        @pytest.mark.xfail(reason="known")
        def test_a(): assert False

        @pytest.mark.check("T02")
        @pytest.mark.xfail(reason="known")
        def test_b(): pass

        @pytest.mark.check("G01")
        def test_c(): pass
    """)
    assert run.exit_code == 1
    assert "1 check failed: T02; 1 check not proven (gap): T01." in run.terminal


def test_secrets_are_masked_wherever_they_are_told(
    run_gate: RunGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me:pass-word@db/x")
    run = run_gate(f"""
        @pytest.mark.check("T01")
        def test_a():
            print({SECRET!r}, {{"refresh_token": "fdof22iupqzx"}})
            raise AssertionError("could not reach postgres://me:pass-word@db/x")

        @pytest.mark.check("T02", "G01")
        def test_b(): raise RuntimeError({SECRET!r})
    """)
    files = {path.name: path.read_text() for path in run.folder.rglob("*") if path.is_file()}
    assert files.keys() >= {"pytest-1.log", "pytest-2.log", "report.html", "junit.xml"}
    assert "could not reach ***" in files["pytest-1.log"]
    assert "could not reach ***" in files["report.html"]
    assert "RuntimeError: ***" in files["pytest-2.log"]
    told = {"the terminal": run.terminal, **files}
    for secret in ("pass-word", SECRET, "fdof22iupqzx"):
        assert [name for name, text in told.items() if secret in text] == []


def test_nothing_of_the_project_around_reaches_the_checks(
    run_gate: RunGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    assert run_gate(ALL_GREEN).exit_code == 0
