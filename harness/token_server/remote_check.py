"""Sessions that only Supabase itself can judge: those of a project whose keys we do not have."""

from __future__ import annotations

import asyncio
from typing import Any

from harness.token_server.refusal import Refusal
from harness.token_server.supabase import Supabase

AT_ONCE = 20  # questions on their way to Auth
WAITING = 200  # sessions that are asked about or wait for it; beyond them nobody else is let in


class RemoteCheck:
    """Asks Auth whose a session is. However many come, Auth hears AT_ONCE at a time, and one session once.

    Nothing is kept: a session that was signed out is refused at once.
    """

    def __init__(self, supabase: Supabase) -> None:
        self._supabase = supabase
        self._places = asyncio.Semaphore(AT_ONCE)
        self._asked: dict[str, asyncio.Task[dict[str, Any]]] = {}

    async def user(self, token: str) -> dict[str, Any]:
        """Auth's user `{id, email, user_metadata, ...}`; raises Refusal: 401 for a bad one, 503 without."""
        asked = self._asked.get(token)
        if asked is None:
            if len(self._asked) >= WAITING:
                raise Refusal(503, "Supabase is unavailable", "too many sessions to ask about", retry_after=1)
            asked = self._asked[token] = asyncio.create_task(self._ask(token))
            asked.add_done_callback(lambda done: self._forget(token, done))
        # Whoever asked first may be gone by its end; the others still wait for it.
        return await asyncio.shield(asked)

    async def _ask(self, token: str) -> dict[str, Any]:
        async with self._places:
            return await self._supabase.user_of(token)

    def _forget(self, token: str, done: asyncio.Task[dict[str, Any]]) -> None:
        del self._asked[token]
        if not done.cancelled():
            done.exception()  # it was looked at, even when nobody waits for it any more
