"""Where a selector of the target leads on a page: also through open shadow roots, and into iframes."""

from __future__ import annotations

from playwright.sync_api import Frame, Locator, Page

INTO_FRAME = " >> content-frame >> "


def place(page: Page | Frame, selector: str) -> Locator:
    """What `selector` finds; `iframe#player >> content-frame >> video` looks inside the iframe."""
    first, *inside = selector.split(INTO_FRAME)
    found = page.locator(first)
    for part in inside:
        found = found.content_frame.locator(part)
    return found


def shown(page: Page | Frame, selector: str) -> Locator:
    """What `selector` finds of that which can be seen."""
    return place(page, selector).filter(visible=True)
