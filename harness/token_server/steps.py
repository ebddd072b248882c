"""The log of one request: a line per step, each with all that is known by then."""

from __future__ import annotations

import json
import logging

log = logging.getLogger("token_server")


class Steps:
    """Writes `[stream-video-token] <step> {"callType": ..., "callId": ..., ...}`.

    The facts are JSON, so that a line break sent by a client stays inside its line. No token or name is ever
    among them.
    """

    def __init__(self) -> None:
        self._known: dict[str, object] = {"callType": None, "callId": None}

    def know(self, **facts: object) -> None:
        """Say these in every line from now on."""
        self._known.update(facts)

    def __call__(self, step: str, **facts: object) -> None:
        """Log one step, with facts that belong to it alone."""
        log.info("[stream-video-token] %s %s", step, json.dumps({**self._known, **facts}))

    def failed(self, step: str) -> None:
        """Log a step that failed for a reason nobody foresaw, with its traceback."""
        log.exception("[stream-video-token] %s %s", step, json.dumps(self._known))
