"""docs/media-failures.md says of each failure what the registry has of it."""

from __future__ import annotations

import re

import pytest

from harness.browser.failures import FAILURES, Failure
from harness.config import PACKAGE
from harness.reproduce.words import Sentence, read

PAGE = (PACKAGE.parent / "docs" / "media-failures.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### ([\w-]+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_each_failure_has_its_section_and_no_other() -> None:
    assert set(SECTIONS) == set(FAILURES)


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_section_says_what_the_registry_has(failure: Failure) -> None:
    section = SECTIONS[failure.name]
    for part in ("Users see", "Why", "Reproduce", "Heals", "The browser says", "The page should"):
        assert f"**{part}:** " in section, f"{failure.name} has no part {part!r}"
    told = (failure.users_see, failure.why, failure.made_by, failure.heals_by, failure.message or "")
    assert [text for text in told if text not in section] == []
    role = " --role viewer" if failure.role == "viewer" else ""
    assert f"`python3 -m harness reproduce {failure.name}{role}`" in section


@pytest.mark.parametrize(
    "failure",
    [failure for failure in FAILURES.values() if failure.topic != "nothing"],
    ids=lambda one: one.name,
)
def test_what_the_reference_page_says_is_taken_as_told(failure: Failure) -> None:
    (said,) = re.findall(r'^\*\*Says:\*\* "(.*)"$', SECTIONS[failure.name], re.MULTILINE)
    assert read(said, failure, ()) == Sentence(said, True, None)


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_its_errors_are_those_of_the_registry(failure: Failure) -> None:
    expected = [
        (
            browser if browser in failure.make or failure.prefs is not None else f"{browser} (simulated)",
            error.name,
            "any" if error.message is None else f"`{error.message}`" if error.message else "(empty)",
            error.constraint or "",
        )
        for browser, error in failure.errors.items()
    ]
    rows = re.findall(
        r"^\| (?!browser)(.*?) \| (.*?) \| (.*?) \| (.*?) ?\|$", SECTIONS[failure.name], re.MULTILINE
    )
    assert rows == expected
