"""What a page says is told line by line, when it is read for the first time."""

from __future__ import annotations

from typing import Any, cast

from harness.reproduce import page_text
from harness.reproduce.page_text import PageText


class View:
    """Shows one state after the other, as often as it is read, and has no frames in it."""

    child_frames: tuple[View, ...] = ()

    def __init__(self, *states: list[str]) -> None:
        self._states = list(states)

    def evaluate(self, _script: str, _argument: object) -> list[str]:
        return self._states.pop(0)


def told(*states: list[str]) -> list[str]:
    heard: list[str] = []
    text, view = PageText(cast(Any, None), boxes=False, tell=heard.append), View(*states)
    for _ in states:
        text.lines(cast(Any, view))
    return heard


def test_a_line_is_told_once_for_each_time_that_it_comes() -> None:
    assert told(["Go live"], ["Go live", "It failed"], ["Go live"], ["It failed"]) == [
        "Go live",
        "It failed",
        "It failed",
    ]


def test_a_page_that_counts_seconds_is_told_so_far() -> None:
    heard = told(*([f"Live for {second} s"] for second in range(2 * page_text.MOST_TOLD)))
    assert len(heard) == page_text.MOST_TOLD
