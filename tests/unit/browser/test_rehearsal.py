"""An error that the host reads is that of this failure, not one that is left over from the failure before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.browser.failures import failure_named
from harness.browser.probe import MediaRequest
from harness.browser.rehearsal import Met, Rehearsal
from harness.errors import Finding

PENDING = MediaRequest(0.0, "getUserMedia", {})
REFUSED = replace(PENDING, outcome="refused", error_name="NotFoundError")


def met(failure: str, looks: Iterator[list[MediaRequest]]) -> Met:
    """What `looks` gives, one after the other, is what the page has asked for."""
    rehearsal = SimpleNamespace(host=SimpleNamespace(media_requests=lambda: next(looks)))
    armed: Any = SimpleNamespace(failure=failure_named(failure))
    return Met(cast(Rehearsal, rehearsal), armed, asked=1, sent=0)


def test_waits_for_the_answer_to_a_request_of_this_failure() -> None:
    before = REFUSED
    looks = iter([[before], [before, PENDING], [before, REFUSED], [before, before, before]])
    met("no-mic", looks).browser_has_answered()
    assert len(list(looks)) == 1, "expected three looks: not asked, asked, refused"


def test_a_page_that_never_asks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.browser.rehearsal.STEP_WITHIN", 0)
    with pytest.raises(Finding, match="came no request"):
        met("no-mic", iter([[REFUSED]])).browser_has_answered()


@pytest.mark.parametrize("failure", ["permission-denied", "black-picture"])
def test_a_page_need_not_ask_where_no_answer_tells(failure: str) -> None:
    met(failure, iter(())).browser_has_answered()
