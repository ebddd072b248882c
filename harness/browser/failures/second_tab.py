"""Another tab of the same browser captures the device already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.browser.failures.mechanism import Mechanism

if TYPE_CHECKING:
    from playwright.sync_api import Page

ADDRESS = "https://another-tab.test/"  # served by nobody: it is answered within the browser
HOLD = """async () => {
  window.held = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180 }
  }); }"""
STATES = "() => window.held.getTracks().map((track) => track.readyState)"


class SecondTab(Mechanism):
    """It holds camera and microphone, in a size of its own, until it heals."""

    _tab: Page | None = None

    def arm(self) -> None:
        self._tab = self.page.context.new_page()
        self._tab.route(
            ADDRESS, lambda route: route.fulfill(content_type="text/html", body="<!doctype html>")
        )
        self._tab.goto(ADDRESS)
        self._tab.evaluate(HOLD)
        # Firefox gives devices to nobody who is not looked at.
        self.page.bring_to_front()

    def heal(self) -> None:
        if self._tab is not None:
            self._tab.close()

    def why_not_bitten(self) -> str | None:
        if self._tab is None:
            return "There is no other tab that holds the devices."
        states = set(self._tab.evaluate(STATES))
        return None if states == {"live"} else f"The other tab was to hold live tracks, they are {states}."
