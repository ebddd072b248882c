"""Which lines of a page count as told: what stays, and what stood long enough to be read."""

from __future__ import annotations

from collections.abc import Iterable

from harness.reproduce.lines import READABLE, Lines


class Page:
    """Shows each of `moments` at one look, READABLE / 2 apart by its clock, then the last."""

    def __init__(self, moments: Iterable[list[str]]) -> None:
        self._moments = list(moments)
        self.now = 0.0

    def read(self) -> list[str]:
        self.now += READABLE / 2
        return self._moments.pop(0) if len(self._moments) > 1 else self._moments[0]


def told(*moments: list[str]) -> list[str]:
    page = Page([["Offline"], *moments])
    lines = Lines(page.read, clock=lambda: page.now)
    lines.are_usual()
    lines.watch(lambda: page.now > READABLE * 4, within=60)
    return lines.new()


def test_a_toast_that_goes_was_told() -> None:
    toast = ["Offline", "Your camera is in use"]
    assert told(toast, toast, toast, ["Offline"]) == ["Your camera is in use"]


def test_what_is_gone_at_the_next_look_was_not() -> None:
    assert told(["Waiting for the camera"], ["Offline"], ["Offline"]) == []


def test_what_comes_last_was() -> None:
    assert told(*[["Offline"]] * 8, ["No camera"]) == ["No camera"]
