"""The documents that a person has before them: a page's own, and those of the frames in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Frame, Page


def documents(view: Page | Frame) -> list[Frame]:
    """Of `view`, the outer first."""
    if isinstance(view, Page):
        return list(view.frames)
    return [view, *(inner for child in view.child_frames for inner in documents(child))]


def ask_each(view: Page | Frame, script: str, argument: object = None) -> Iterator[Any]:
    """What `script` gives in each of them. A frame that goes meanwhile, or is no page, is passed over."""
    outer, *inner = documents(view)
    yield outer.evaluate(script, argument)
    for frame in inner:
        with suppress(PlaywrightError):
            yield frame.evaluate(script, argument)
