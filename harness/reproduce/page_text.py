"""What a page says to a person: its visible lines, and what its message boxes said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Dialog, Frame, Page

from harness.browser.documents import ask_each

LINES = Path(__file__).with_name("page_text.js").read_text(encoding="utf-8")
MOST_TOLD = 300  # lines: a page may count seconds


class PageText:
    """Of `page`; with `boxes` listens to its message boxes, and closes them, from now on.

    `tell` hears each line when it is read for the first time, and again when it was gone in between.
    """

    def __init__(
        self, page: Page, *, boxes: bool = True, tell: Callable[[str], None] = lambda _: None
    ) -> None:
        self.boxes: list[str] = []
        self._tell, self._told, self._last = tell, 0, set[str]()
        if boxes:
            page.on("dialog", self._close)

    def _close(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()  # it asks whether the page may be left, and it may
            return
        self.boxes += filter(None, map(str.strip, dialog.message.splitlines()))
        dialog.dismiss()

    def lines(self, view: Page | Frame) -> list[str]:
        """What can be read now, and in every box so far."""
        read = [*self.boxes, *(line for lines in ask_each(view, LINES, shown=True) for line in lines)]
        for line in read:
            if line not in self._last and self._told < MOST_TOLD:
                self._told += 1
                self._tell(line)
        self._last = set(read)
        return read
