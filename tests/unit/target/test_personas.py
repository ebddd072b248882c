"""Names and titles of every kind, the same for the same seed."""

from __future__ import annotations

import unicodedata

import pytest

from harness.target.personas import EVERYDAY, KINDS, LONG, Kind, Personas


def test_the_same_seed_makes_the_same_people_and_another_seed_others() -> None:
    one, again, other = (Personas(seed) for seed in ("1 a", "1 a", "2 a"))
    drawn = [[each.name(), each.title(), *map(each.name, KINDS)] for each in (one, again, other)]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_what_it_says(kind: Kind) -> None:
    for seed in range(20):
        people = Personas(str(seed))
        for text in (people.name(kind), people.title(kind)):
            assert text == text.strip()
            assert _kinds(text) >= {kind}, text
            assert len(text) <= LONG


def test_everyday_names_are_of_every_kind_but_long() -> None:
    people = Personas("1")
    seen = {kind for _ in range(200) for kind in _kinds(people.name())}
    assert seen == set(EVERYDAY)


def _kinds(text: str) -> set[str]:
    found = {
        "emoji": any(unicodedata.category(letter) == "So" for letter in text),
        "right to left": any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text),
        "quotes": '"' in text and "'" in text and "`" in text,
        "HTML": "<b>" in text and "&amp;" in text,
        "long": len(text) == LONG,
    }
    return {kind for kind, is_so in found.items() if is_so} or {"plain"}
