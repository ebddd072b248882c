"""What a page puts over its own button: it has been read by then, and is taken away as a person would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from playwright.sync_api import ElementHandle, Frame, Locator, Page
from playwright.sync_api import Error as PlaywrightError

from harness.browser.documents import documents
from harness.browser.eventually import eventually
from harness.errors import Finding

GOES_WITHIN = 2.0  # seconds; a dialog may fade
PRESS_WITHIN = 1_000.0  # ms
MOST_IN_TURN = 3
AGAIN = re.compile(r"\b(try again|retry|go live|(?:start|check|ask) again|reconnect)\b", re.IGNORECASE)
CLOSES = re.compile(
    r"\b(close|ok|okay|got it|dismiss|cancel|understood|continue|accept|agree|skip|not now)\b|"
    r"^\W*[x\u00d7\u2715]\W*$",
    re.I,
)
DIALOGS = "dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]"
# The open dialog, or what lies over the middle of the button, as far up as it has nothing to do with it.
# Shadow roots are climbed out of: `contains` does not see into them.
IN_THE_WAY = """(root, button) => {
  const shown = (element) => element.checkVisibility?.() ?? true;
  const parent = (element) => element.parentElement ?? element.getRootNode().host ?? null;
  const holds = (outer, inner) => inner !== null && (outer === inner || holds(outer, parent(inner)));
  const open = [...document.querySelectorAll("DIALOGS")].filter(shown).pop();
  if (open && holds(open, button)) return null;
  if (open || !button || !shown(button)) return open ?? null;
  button.scrollIntoView({ block: "center" });
  const { x, y, width, height } = button.getBoundingClientRect();
  let over = document.elementFromPoint(x + width / 2, y + height / 2);
  if (!over || holds(over, button) || holds(button, over) || over.shadowRoot) return null;
  while (parent(over) && !holds(parent(over), button)) over = parent(over);
  return over;
}""".replace("DIALOGS", DIALOGS)
BUTTONS = "button, [role=button], input[type=button], input[type=submit], [aria-label=Close]"


def clear_away(page: Page, view: Page | Frame, button: Locator | None) -> bool:
    """Whatever is over `button`; True when that was done by a button which tries again.

    What cannot be taken away stays: then `button` cannot be pressed.
    """
    for _ in range(MOST_IN_TURN):
        over = _over(view, button)
        if over is None:
            return False
        by = next((name for name, act in _ways(page, over) if _goes(over, act)), None)
        if by is None or AGAIN.search(by):
            return by is not None
    return False


def _over(view: Page | Frame, button: Locator | None) -> ElementHandle | None:
    """In the document of the button, or a dialog in the one around it."""
    handle = button.element_handle() if button is not None and button.count() else None
    outer = documents(view)[0]
    inner = handle.owner_frame() if handle is not None else None
    if inner is None or inner == outer:
        return _over_in(outer, handle)
    return _over_in(outer, None) or _over_in(inner, handle)


def _over_in(document: Frame, button: ElementHandle | None) -> ElementHandle | None:
    return document.locator(":root").evaluate_handle(IN_THE_WAY, button).as_element()


def _ways(page: Page, over: ElementHandle) -> Iterator[tuple[str, Callable[[], None]]]:
    """A name for each way to take it away, the likeliest first."""
    buttons = [
        (one.inner_text().strip() or one.get_attribute("aria-label") or one.get_attribute("value") or "", one)
        for one in over.query_selector_all(BUTTONS)
        if one.is_visible()
    ]
    for wanted in (AGAIN, CLOSES):
        for name, one in buttons:
            if wanted.search(name):
                yield name, partial(one.click, timeout=PRESS_WITHIN)
    yield "Escape", partial(page.keyboard.press, "Escape")
    if len(buttons) == 1:
        yield buttons[0][0], partial(buttons[0][1].click, timeout=PRESS_WITHIN)


def _goes(over: ElementHandle, act: Callable[[], None]) -> bool:
    with suppress(PlaywrightError, Finding):
        act()
        eventually(lambda: "It is still there." if over.is_visible() else None, within=GOES_WITHIN)
        return True
    return False
