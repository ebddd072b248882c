"""Why a request gets no token."""

from __future__ import annotations


class Refusal(Exception):
    """Becomes the answer `status` with `{"ok": false, "error": error}`; `reason` is for the log alone."""

    def __init__(self, status: int, error: str, reason: str = "") -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.reason = reason
