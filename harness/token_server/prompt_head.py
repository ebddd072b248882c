"""How long a request's head may take: its first line and its headers."""

from __future__ import annotations

import asyncio

import h11

from harness.serving import Connection


class PromptHead(Connection):
    """A connection, but one whose next head is not whole `within` seconds is closed.

    The seconds begin with a new connection, and on one that is kept with the first octet of the next request;
    until then uvicorn's own limit for idle ones counts. Bodies and answers have limits of their own.
    """

    within = 10.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Nothing has come yet."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Some more of a head, or of a body."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._unwatch()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.within, self.transport.close)

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
