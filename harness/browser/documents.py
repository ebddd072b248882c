"""The documents that a page consists of: its own, and those of the frames in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Frame, Page


def documents(view: Page | Frame, *, shown: bool = False) -> list[Frame]:
    """Of `view`, the outer first; with `shown` without those of frames that nobody can see.

    A frame that has loaded nothing yet has none, and to ask it would wait for ever: `loading="lazy"`.
    """
    outer = view.main_frame if isinstance(view, Page) else view
    inner = [child for child in outer.child_frames if child.url and not (shown and _is_hidden(child))]
    return [outer, *(one for child in inner for one in documents(child, shown=shown))]


def ask_each(
    view: Page | Frame, script: str, argument: object = None, *, shown: bool = False
) -> Iterator[Any]:
    """What `script` gives in each of them. A frame that goes meanwhile, or is no page, is passed over."""
    outer, *inner = documents(view, shown=shown)
    yield outer.evaluate(script, argument)
    for frame in inner:
        with suppress(PlaywrightError):
            yield frame.evaluate(script, argument)


def _is_hidden(frame: Frame) -> bool:
    with suppress(PlaywrightError):  # it goes meanwhile
        return not frame.frame_element().is_visible()
    return True
