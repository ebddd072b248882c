from __future__ import annotations

import pytest

from harness.setup.commands import (
    BROWSER,
    COMMANDS,
    PACKAGES,
    PAGES,
    POSTGRES,
    needs,
    unknown,
    usage,
    wrong_check,
)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["gate", "--only", "T"], (PACKAGES, BROWSER, PAGES, POSTGRES)),
        (["up"], (PACKAGES, PAGES, POSTGRES)),
        (["up", "--port", "8000"], (PACKAGES, PAGES, POSTGRES)),
        (["up", "--only", "token-server"], (PACKAGES,)),
        (["up", "--only=stream"], (PACKAGES,)),
        (["up", "--only", "supabase"], (PACKAGES, POSTGRES)),
        (["nonsense"], (PACKAGES,)),
        ([], (PACKAGES,)),
    ],
)
def test_a_command_needs_no_more_than_it_uses(arguments: list[str], expected: tuple[str, ...]) -> None:
    assert needs(arguments) == expected


def test_an_unknown_name_is_told_with_the_nearest_or_with_all() -> None:
    assert unknown("docter") == "There is no command `docter`: did you mean `doctor`?"
    assert unknown("xyz") == f"There is no command `xyz`: there are {', '.join(sorted(COMMANDS))}."


def test_help_names_every_command() -> None:
    assert all(f"  {name} " in usage() and command.does in usage() for name, command in COMMANDS.items())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gate", "--only", "T99"], "There is no check 'T99'. Did you mean T"),
        (["gate", "--only=G,x"], "There is no check 'X'."),
        (["gate", "--only", "G,t01"], None),
        (["gate"], None),
        (["up", "--only", "stream"], None),
    ],
)
def test_a_check_that_is_none_is_told_before_anything_is_installed(
    arguments: list[str], said: str | None
) -> None:
    told = wrong_check(arguments)
    assert told == said if said is None else said in str(told)
