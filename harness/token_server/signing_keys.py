"""The public keys that a Supabase project signs its sessions with: fetched when needed, kept while good."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any

import jwt

from harness.token_server.refusal import Refusal
from harness.token_server.supabase import Supabase

MAX_AGE = 600.0  # seconds, as long as Supabase's own edge keeps them: after it a revoked key is forgotten
FETCHES, PER = 5, 10.0  # at most so many fetches in so many seconds, however many unknown key ids come


class SigningKeys:
    """Keys by their id (`kid`).

    An unknown id makes us look again, since keys rotate; but anybody can invent ids, so this is limited, and
    requests that come at the same time share one fetch.
    """

    ALGORITHMS = ("ES256", "RS256")

    def __init__(self, supabase: Supabase) -> None:
        self._supabase = supabase
        self._keys: dict[str, jwt.PyJWK] | None = None
        self._fetched_at = float("-inf")
        self._fetches: deque[float] = deque(maxlen=FETCHES)
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key of this id, None when there is none; raises Refusal 503 when no keys were ever had."""
        if self._stale() or key_id not in self._had():
            await self._look_again()
        # Keys that could not be renewed stay in use: an outage of the key server must not sign everybody out.
        return self._had().get(key_id)

    async def none(self) -> bool:
        """Whether the project publishes no key at all that is any use; raises Refusal 503 as `find` does."""
        if self._stale():
            await self._look_again()
        return not self._had()

    def _had(self) -> dict[str, jwt.PyJWK]:
        if self._keys is None:
            raise Refusal(503, "Supabase is unavailable", "its public keys were never had")
        return self._keys

    def _stale(self) -> bool:
        return time.monotonic() - self._fetched_at > MAX_AGE

    async def _look_again(self) -> None:
        seen = self._fetched_at
        async with self._fetching:
            if self._fetched_at == seen and self._may_fetch():
                await self._fetch()

    def _may_fetch(self) -> bool:
        return len(self._fetches) < FETCHES or time.monotonic() - self._fetches[0] > PER

    async def _fetch(self) -> None:
        self._fetches.append(time.monotonic())
        try:
            published = await self._supabase.public_keys()
        except Refusal:
            if self._keys is None:
                raise
            return
        self._keys = {key.key_id: key for key in map(_usable, published) if key and key.key_id}
        self._fetched_at = time.monotonic()


def _usable(published: dict[str, Any]) -> jwt.PyJWK | None:
    """A public signature key, or None for what else a key set may hold (a symmetric key is never taken)."""
    try:
        key = jwt.PyJWK(published)
    except jwt.PyJWTError:
        return None
    return key if key.algorithm_name in SigningKeys.ALGORITHMS else None
