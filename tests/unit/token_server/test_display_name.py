"""The name that others see."""

from __future__ import annotations

import pytest

from harness.token_server.display_name import LONGEST, display_name


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        (("One", "Two"), "One"),
        ((None, 5, ["x"], {"x": 1}, True, "Two"), "Two"),
        (("", " ", "\t\n", "\u00a0\u2003", "Two"), "Two"),
        (("  Eve  ",), "Eve"),
        (("x" * LONGEST * 2,), "x" * LONGEST),
        (("x" * (LONGEST - 1) + " y",), "x" * (LONGEST - 1)),
        (("\ud800",), "?"),
        ((), ""),
    ],
)
def test_first_text_with_something_in_it(candidates: tuple[object, ...], expected: str) -> None:
    assert display_name(*candidates) == expected
