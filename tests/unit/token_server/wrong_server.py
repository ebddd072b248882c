"""`python -m tests.unit.token_server.wrong_server NAME`: the reference server, wrong when others fail.

Started as a target's own command would start it, because that is what the checks of failures need.
"""

from __future__ import annotations

import sys
from contextlib import suppress

from pydantic import SecretStr
from starlette.applications import Starlette

from harness.config import TokenServerSettings
from harness.serving import run
from harness.token_server import app, connections, stream, supabase
from harness.token_server.refusal import Refusal


class Crashes(stream.StreamVideo):
    """Does not know what to do when Stream fails."""

    async def upsert_user(self, user_id: str, name: str) -> None:
        try:
            await super().upsert_user(user_id, name)
        except Refusal as refusal:
            raise RuntimeError("Stream did not answer as it should") from refusal


class HalfMade(stream.StreamVideo):
    """Makes the call before it knows that the user can be made."""

    async def upsert_user(self, user_id: str, name: str) -> None:
        self._user = user_id, name

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        created = await super().ensure_call(call_type, call_id, owner_id)
        await super().upsert_user(*self._user)
        return created


class Hopeful(stream.StreamVideo):
    """A token is given even if Stream did not do its part."""

    async def ensure_call(self, call_type: str, call_id: str, owner_id: str) -> bool:
        with suppress(Refusal):
            return await super().ensure_call(call_type, call_id, owner_id)
        return False


def _blame_the_session(reason: str) -> Refusal:
    return Refusal(401, "Invalid auth", reason)


def change(name: str) -> type[stream.StreamVideo] | None:
    """Make the server wrong; returns the Stream client that it shall have, None for its own."""
    match name:
        case "calls it an internal error":
            return Crashes
        case "waits for ever":
            connections.TIME_LIMIT = 60.0
            setattr(app, "TIME_LIMIT", 60.0)  # noqa: B010  what it imported itself
        case "leaves a call behind":
            return HalfMade
        case "does not look":
            return Hopeful
        case "blames the session":
            supabase.unavailable = _blame_the_session
        case "has defaults":
            for field in TokenServerSettings.model_fields.values():
                if field.is_required():
                    secret = field.annotation is SecretStr
                    field.default = SecretStr("changeme") if secret else "https://example.com"
                    field.validate_default = False
            TokenServerSettings.model_rebuild(force=True)
    return None


def create_app(settings: TokenServerSettings) -> Starlette:
    """The reference server with the change."""
    return app.create_app(settings, CLIENT(settings) if CLIENT else None)


if __name__ == "__main__":
    CLIENT = change(sys.argv[1])
    run(TokenServerSettings, create_app)
