"""The list of what does not pass can only get shorter."""

import pytest

from tests.vendor.conftest import by_file
from tests.vendor.not_passing import complaints
from tests.vendor.vitest import Result

GOOD = Result("a.test.ts", "works", "passed")
BAD = Result("a.test.ts", "breaks", "failed", "expected 1\nat line 3")
LEFT_OUT = Result("b.test.ts", "is left out", "skipped")


@pytest.mark.parametrize(
    ("results", "reasons", "said"),
    [
        ([GOOD, BAD], {("a.test.ts", "breaks"): "a reason"}, []),
        ([GOOD, BAD], {}, ["a.test.ts: breaks failed: expected 1"]),
        ([GOOD], {("a.test.ts", "works"): "a reason"}, ["a.test.ts: works does not fail (any more): strike"]),
        ([GOOD], {("a.test.ts", "is gone"): "a reason"}, ["a.test.ts: is gone does not fail (any more)"]),
        ([BAD, BAD], {("a.test.ts", "breaks"): "of two of one name"}, []),
    ],
    ids=["as listed", "not listed", "passes again", "is no more", "two of one name"],
)
def test_results_are_held_against_the_list(
    results: list[Result], reasons: dict[tuple[str, str], str], said: list[str]
) -> None:
    complained = complaints(results, reasons)
    assert len(complained) == len(said)
    assert all(one.startswith(start) for one, start in zip(complained, said, strict=True))


def test_each_file_has_its_line() -> None:
    assert by_file([GOOD, LEFT_OUT, BAD, GOOD]) == [
        "a.test.ts: 2 of 3 passed",
        "b.test.ts: 0 of 0 passed, 1 skipped by the vendor",
    ]
