"""The catalogue itself, and the choice of checks by name."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.gate.catalogue import catalogue, choose
from tests.unit.gate.conftest import CHECKS


def test_every_row_is_a_check_with_a_level_and_a_title_of_its_own() -> None:
    checks = catalogue()
    assert {check.level for check in checks.values()} == {"must", "should"}
    assert len({check.title for check in checks.values()}) == len(checks)
    assert all(check.title and not check.title.endswith(".") for check in checks.values())
    assert list(checks) == sorted(checks, key=lambda check: ("TGPNCR".index(check[0]), check))


def test_no_name_chooses_all() -> None:
    assert choose([], CHECKS) == list(CHECKS.values())


def test_what_names_nothing_is_told() -> None:
    with pytest.raises(UsageError, match="No check was named"):
        choose([" ", ","], CHECKS)


@pytest.mark.parametrize(
    ("only", "chosen"),
    [
        (["T01"], ["T01"]),
        (["T"], ["T01", "T02"]),
        (["t02, g01"], ["T02", "G01"]),
        (["G"], ["G01", "G02"]),
        (["G01", "T", "T01"], ["T01", "T02", "G01"]),
    ],
)
def test_ids_and_areas_choose(only: list[str], chosen: list[str]) -> None:
    assert [check.id for check in choose(only, CHECKS)] == chosen


@pytest.mark.parametrize(
    ("only", "sentence"),
    [
        (["T99"], "There is no check 'T99'. .*Expected ids such as T01 or areas"),
        (["GO1"], "Did you mean G01"),
        (["X"], "There is no check 'X'"),
        (["T01,nonsense"], "NONSENSE"),
        (["G02"], "G02 .* is planned, without a test yet"),
    ],
)
def test_other_names_are_refused(only: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        choose(only, CHECKS)


def test_an_area_without_a_test_is_refused() -> None:
    planned = {"G02": CHECKS["G02"]}
    with pytest.raises(UsageError, match="All checks of G are planned"):
        choose(["G"], planned)
