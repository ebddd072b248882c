"""A failure that no browser can be made to give by itself: always called *simulated*.

Either the page's request is altered, and the error is the browser's own, or the request is answered with an
error, or a muted track, as that browser would give it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.browser.failures.mechanism import Mechanism, Person

if TYPE_CHECKING:
    from harness.browser.devices import Devices

SCRIPT = Path(__file__).with_name("stand_in.js")
BITTEN = """() => window[Symbol.for("harness.stand-in")]?.bitten ?? 0"""


class StandIn(Mechanism):
    """`plan` is for `stand_in.js`: `{ask: "nothing"}`, `{ask: "a device that is gone"}`, `{mute: true}` or
    `{error: {...}}`.

    With `kind` (`video` or `audio`) only requests for that kind fail.
    """

    simulated = True

    def __init__(self, person: Person, devices: Devices | None, *, plan: dict[str, Any]) -> None:
        super().__init__(person, devices)
        self._plan = plan

    def arm(self) -> None:
        self._tell(self._plan)

    def heal(self) -> None:
        self._tell(None)

    def why_not_bitten(self) -> str | None:
        if self.person.view.evaluate(BITTEN):
            return None
        return "The simulated failure was to answer a request, and the page made none that fits."

    def _tell(self, plan: dict[str, Any] | None) -> None:
        """For the page that is open, and for those that are loaded after it: the last one told wins."""
        script = SCRIPT.read_text(encoding="utf-8")
        self.page.add_init_script(f"({_expression(script)})({json.dumps(plan)})")
        self.person.view.evaluate(_expression(script), plan)


def _expression(script: str) -> str:
    """Without the comment before it and the semicolon after it."""
    return script[script.index("(plan) =>") :].strip().rstrip(";")
