"""Waiting asks again until it is true, and fails with the last reason."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Error as PlaywrightError

from harness.browser.eventually import eventually, patience
from harness.errors import Finding


def test_what_is_true_already_takes_no_time() -> None:
    assert eventually(lambda: None, within=5) < 1


def test_asked_until_it_is_true() -> None:
    answers = iter(["not yet", "nearly", None])
    eventually(lambda: next(answers), within=5, every=0.001)
    assert list(answers) == []


def test_the_last_reason_is_the_finding() -> None:
    reasons: Iterator[int] = iter(range(1_000_000))
    with pytest.raises(Finding, match=r"It is at \d+, expected -1\. \(waited 0\.1 s\)"):
        eventually(lambda: f"It is at {next(reasons)}, expected -1.", within=0.1, every=0.01)


def test_asked_once_more_when_the_time_is_over() -> None:
    """A machine that stands still for longer than `within` makes no failure of what came true meanwhile."""
    began = time.monotonic()
    asked: list[float] = []

    def why_not_yet() -> str | None:
        asked.append(time.monotonic() - began)
        return None if asked[-1] >= 0.2 else "not yet"

    eventually(why_not_yet, within=0.2, every=60)
    assert len(asked) == 2


def test_other_errors_pass_through() -> None:
    def why_not_yet() -> str | None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        eventually(why_not_yet, within=5)


def test_a_page_that_loads_itself_anew_is_asked_again() -> None:
    answers = iter(["Execution context was destroyed, most likely because of a navigation", None])

    def why_not_yet() -> str | None:
        if (said := next(answers)) is not None:
            raise PlaywrightError(said)
        return None

    eventually(why_not_yet, within=5)
    assert list(answers) == []


def test_a_slow_machine_is_given_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_PATIENCE", "3")
    patience.cache_clear()
    try:
        with pytest.raises(Finding, match=r"not yet \(waited 0\.3 s\)"):
            eventually(lambda: "not yet", within=0.1)
    finally:
        patience.cache_clear()
