"""What a client has not read yet, in the order in which it was sent: so much, and no more."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

F = TypeVar("F")

# A client that leaves this many frames unread, or this much of them, is disconnected: it is gone or stuck.
UNREAD_LIMIT = 1_000
UNREAD_SIZE = 8 * 1024 * 1024


class Unread(Generic[F]):
    """Frames that wait for one WebSocket; None is the end of them. Sizes are characters or bytes."""

    def __init__(self) -> None:
        self._line: asyncio.Queue[tuple[F, int] | None] = asyncio.Queue()
        self._waiting = 0

    def put(self, frame: F, size: int) -> bool:
        """Put `frame` in line; False when the client is too far behind for it."""
        if self._line.qsize() >= UNREAD_LIMIT or self._waiting + size > UNREAD_SIZE:
            return False
        self._waiting += size
        self._line.put_nowait((frame, size))
        return True

    def end(self) -> None:
        """Nothing comes after what is in line."""
        self._line.put_nowait(None)

    async def next(self) -> F | None:
        """The frame that is first in line, once there is one."""
        first = await self._line.get()
        if first is None:
            return None
        frame, size = first
        self._waiting -= size
        return frame
