"""Who is kept from check to check goes after a failure, and after a gap in the midst of a check."""

from __future__ import annotations

from typing import Any, Literal
from unittest.mock import MagicMock

import pytest

from harness.browser.rehearsals import Rehearsals
from harness.plugin.failing import dropped
from harness.plugin.stash import note

Outcome = Literal["passed", "failed", "skipped"]


def after(*outcomes: Outcome) -> pytest.Stash:
    """The stash of a test whose phases ended like this."""
    stash = pytest.Stash()
    for outcome in outcomes:
        note(stash, pytest.TestReport("test", ("", 0, ""), {}, outcome, None, "call"))
    return stash


@pytest.mark.parametrize(
    ("outcomes", "drops", "told"),
    [
        (("passed", "passed"), 0, 0),
        (("passed", "skipped"), 1, 0),
        (("passed", "failed"), 1, 1),
        (("failed", "passed"), 1, 1),
    ],
)
def test_a_gap_drops_a_rehearsal_as_a_failure_does(
    outcomes: tuple[Outcome, ...], drops: int, told: int
) -> None:
    rehearsals = MagicMock(spec=Rehearsals)
    assert len(dropped(rehearsals, {"changeable"}, after(*outcomes))) == told
    assert rehearsals.drop.call_count == drops
    if drops:
        rehearsals.drop.assert_called_once_with("changeable", failed=bool(told))


def test_nobody_came() -> None:
    nothing: Any = None
    rehearsals = Rehearsals(nothing, nothing, nothing, nothing, nothing, nothing, nothing)
    assert rehearsals.drop("changeable", failed=True) is None
    assert dropped(rehearsals, {"changeable"}, after("failed")) == []
