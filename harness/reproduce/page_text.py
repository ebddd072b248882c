"""What a page says to a person: its visible lines, and what its message boxes said."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Dialog, Frame, Page

from harness.browser.documents import ask_each

# Also within open shadow roots, and what fields show; each line once. `innerText` has text that nobody can
# see: without size, outside of the page, clipped or transparent. A line of such text alone is none.
LINES = """() => {
  const lines = [];
  if (window.frameElement?.checkVisibility?.() === false) return lines;
  const shown = (element) => element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true })
  ?? true; const walk = (root) => {
    if (root.innerText !== undefined) lines.push(...root.innerText.split("\\n"));
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) for (const child of element.shadowRoot.children) walk(child);
      if (element.matches("input[readonly], output, textarea") && shown(element)) lines.push(element.value ??
      ""); }
  };
  const seen = (text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const { width, height, right, bottom } = range.getBoundingClientRect();
    if (width < 2 || height < 2 || right + scrollX <= 0 || bottom + scrollY <= 0) return false;
    for (let around = text.parentElement; around && around !== document.body; around = around.parentElement) {
      const { overflowX, clip, clipPath } = getComputedStyle(around), box = around.getBoundingClientRect();
      const nothing = box.width < 2 || box.height < 2;
      if ((overflowX !== "visible" && nothing) || clipPath === "inset(50%)") return false;
      if (/^rect\\(([01]px)(, \\1){3}\\)$/.test(clip)) return false;
    }
    return shown(text.parentElement);
  };
  if (!document.body) return lines;
  walk(document.body);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), visible = [], hidden = [];
  for (let text; (text = texts.nextNode()); )
    if (text.data.trim()) (seen(text) ? visible : hidden).push(text.data.replace(/\\s+/g, " "));
  const readable = (line) =>
    visible.some((text) => text.includes(line)) || !hidden.some((text) => text.includes(line));
  return [...new Set(lines.map((line) => line.trim()).filter(Boolean).filter(readable))];
}"""
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
        read = [*self.boxes, *(line for lines in ask_each(view, LINES) for line in lines)]
        for line in read:
            if line not in self._last and self._told < MOST_TOLD:
                self._told += 1
                self._tell(line)
        self._last = set(read)
        return read
