"""The reference server, wrong when Stream or Supabase fails: the checks of failures exist to find it."""

from __future__ import annotations

from contextlib import suppress

from harness.token_server.refusal import Refusal
from harness.token_server.stream import StreamVideo


class Crashes(StreamVideo):
    """Does not know what to do when Stream fails."""

    async def upsert_user(self, user_id: str, name: str) -> None:
        try:
            await super().upsert_user(user_id, name)
        except Refusal as refusal:
            raise RuntimeError("Stream did not answer as it should") from refusal


class HalfMade(StreamVideo):
    """Makes the call before it knows that the user can be made."""

    async def upsert_user(self, user_id: str, name: str) -> None:
        self._user = user_id, name

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        created = await super().ensure_call(call_type, call_id, owner_id)
        await super().upsert_user(*self._user)
        return created


class Hopeful(StreamVideo):
    """A token is given even if Stream did not do its part."""

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        with suppress(Refusal):
            return await super().ensure_call(call_type, call_id, owner_id)
        return False


def blame_the_session(reason: str) -> Refusal:
    """What is told of a Supabase that fails."""
    return Refusal(401, "Invalid auth", reason)
