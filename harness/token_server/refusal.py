"""Why a request gets no token."""

from __future__ import annotations


class Refusal(Exception):
    """Becomes the answer `status` with `{"ok": false, "error": error}`; `reason` is for the log alone.

    `retry_after` are the seconds after which it makes sense to ask again, where they are known.
    """

    def __init__(self, status: int, error: str, reason: str = "", retry_after: int | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.reason = reason
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """Those that the answer has because of this refusal."""
        headers = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        # The client is in the middle of its request: whatever it sends later is no new one.
        return {**headers, "connection": "close"} if self.status == 408 else headers
