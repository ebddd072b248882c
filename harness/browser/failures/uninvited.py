"""A person without any device and with every permission denied."""

from __future__ import annotations

from harness.browser.failures.mechanism import Mechanism
from harness.browser.failures.permission import BOTH, STATE, set_permissions
from harness.browser.own_page import LOOK


class Uninvited(Mechanism):
    """Their browser has the profile `no_devices`."""

    def arm(self) -> None:
        set_permissions(self.person, dict.fromkeys(BOTH, "denied"))

    def heal(self) -> None:
        """Nothing is to come back: this is how most viewers are."""

    def why_not_bitten(self) -> str | None:
        listed = {kind for kind in self.page.evaluate(LOOK) if kind.endswith("input")}
        states = {self.page.evaluate(STATE, name) for name in BOTH}
        if listed or states != {"denied"}:
            return (
                f"The browser was to have no device and no permission; it has {listed or 'none'}, {states}."
            )
        return None
