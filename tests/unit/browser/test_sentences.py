"""A sentence that the checks of devices expect of a page can be told otherwise by a target file, by a key."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from harness.browser.wording import wording
from harness.config import Errors, HostPage

E2E = Path(__file__).parents[2] / "e2e"
CHECKS = ("test_devices.py", "test_dead_devices.py", "test_permissions.py")


def sentences() -> list[str]:
    """The constants of those files that are whole sentences: the errors that a page shows."""
    bodies = [node for name in CHECKS for node in ast.parse((E2E / name).read_text()).body]
    constants = [node.value for node in bodies if isinstance(node, ast.Assign)]
    texts = [ast.literal_eval(value) for value in constants if isinstance(value, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and text.endswith(".")]


@pytest.mark.parametrize("sentence", sentences())
def test_an_app_can_tell_how_it_words_it(sentence: str) -> None:
    app = HostPage.model_validate({"url": "http://app.test/{party_id}"})
    assert (wording("host", app, Errors(), sentence).key or "").startswith("errors.")


def test_the_sentences_are_found() -> None:
    found = sentences()
    assert any(text.startswith("Your microphone is muted") for text in found)
    assert any(text.startswith("No camera or microphone") for text in found)
