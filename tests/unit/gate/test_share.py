"""Parts of the checks: whole, about as long as each other, and the same wherever they are made."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.gate.share import Share, split

SECONDS = {"long": 20.0, **{f"people {n}": 5.0 for n in range(8)}, **{f"quick {n}": 0.1 for n in range(50)}}


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_every_test_is_in_one_part_alone(parts: int) -> None:
    sets = split(SECONDS, parts)
    assert len(sets) == parts
    assert sorted(name for one in sets for name in one) == sorted(SECONDS)


def test_parts_take_about_the_same_time() -> None:
    loads = [sum(SECONDS[name] for name in part) for part in split(SECONDS, 3)]
    assert max(loads) - min(loads) < 5.0


def test_the_order_in_which_tests_are_told_changes_nothing() -> None:
    assert split(dict(reversed(SECONDS.items())), 3) == split(SECONDS, 3)


def test_more_parts_than_tests_leave_some_empty() -> None:
    assert sorted(map(len, split({"a": 1.0}, 3))) == [0, 0, 1]


def test_share_is_written_as_it_is_read() -> None:
    assert (Share.parse("2/3"), str(Share(2, 3))) == (Share(2, 3), "2/3")


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "a/b", "1/2/3", "-1/2", "1/0"])
def test_what_is_no_share_is_one_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="written k/n"):
        Share.parse(text)
