from __future__ import annotations

import re

import pytest

from harness.setup.progress import Progress


def test_a_line_for_each_step_with_its_number_what_came_of_it_and_its_time() -> None:
    written: list[str] = []
    progress = Progress(["Python packages", "Browser"], written.append)
    with progress.step("Browser") as said:
        said.append("downloaded")
    assert re.fullmatch(r"\[2/2\] Browser \.\.\. downloaded, \d+\.\d s\n", "".join(written))


def test_the_step_is_shown_before_it_is_done() -> None:
    written: list[str] = []
    with Progress(["Pages"], written.append).step("Pages"):
        assert written == ["[1/1] Pages ... "]


def test_a_step_that_fails_closes_its_line() -> None:
    written: list[str] = []
    with pytest.raises(ZeroDivisionError), Progress((), written.append).step("Pages"):
        raise ZeroDivisionError
    assert "".join(written) == "Pages ... not done\n"
