"""Sessions: short access tokens, and refresh tokens of which each is good once.

A refresh token that was used is revoked and has a child. Used again it is forgiven while its child is unused
(the client did not get the answer) or for REUSE seconds (two tabs at once); later it is taken for theft and
the whole session's tokens are revoked. Source: `RefreshTokenGrant` of https://github.com/supabase/auth, with
its defaults.
"""

from __future__ import annotations

import secrets
import string
import time
import uuid
from typing import Any

from psycopg.rows import DictRow

from harness.local_supabase.auth import users
from harness.local_supabase.auth.errors import AuthError
from harness.local_supabase.database import Connection
from harness.local_supabase.keys import ProjectKeys

LIFETIME = 3600  # seconds, a project's default
REUSE = 10  # seconds
TOKEN_LETTERS = string.ascii_lowercase + string.digits
TOKEN_LENGTH = 12


class Sessions:
    """Opens, renews and ends sessions; `issuer` is `{SUPABASE_URL}/auth/v1`."""

    def __init__(self, keys: ProjectKeys, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer

    async def open(self, connection: Connection, user_id: uuid.UUID) -> dict[str, Any]:
        """A new session of the user, as `POST /token?grant_type=password` answers it."""
        await connection.execute("update auth.users set last_sign_in_at = now() where id = %s", [user_id])
        rows = await connection.execute(
            "insert into auth.sessions (user_id) values (%s) returning *", [user_id]
        )
        session = (await rows.fetchall())[0]
        return await self._answer(connection, session, await _grant(connection, session["id"]))

    async def renew(self, connection: Connection, token: str) -> dict[str, Any] | AuthError:
        """A new pair of tokens for a refresh token.

        Raises AuthError when there is no such token; returns one, so that the transaction stays, when it was
        used before and its session is therefore ended.
        """
        held = await _held(connection, token)
        if held is None:
            message = "Invalid Refresh Token: Refresh Token Not Found"
            raise AuthError(400, "refresh_token_not_found", message)
        refresh_token = await _successor(connection, held)
        if refresh_token is None:
            await connection.execute(
                "update auth.refresh_tokens set revoked = true, updated_at = now() where session_id = %s",
                [held["session_id"]],
            )
            return AuthError(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
        rows = await connection.execute(
            "update auth.sessions set refreshed_at = now() where id = %s returning *", [held["session_id"]]
        )
        return await self._answer(connection, (await rows.fetchall())[0], refresh_token)

    async def _answer(self, connection: Connection, session: DictRow, refresh_token: str) -> dict[str, Any]:
        user = await users.by_id(connection, session["user_id"])
        assert user is not None
        expires_at = int(time.time()) + LIFETIME
        return {
            "access_token": self._keys.sign({**self._claims(session, user), "exp": expires_at}),
            "token_type": "bearer",
            "expires_in": LIFETIME,
            "expires_at": expires_at,
            "refresh_token": refresh_token,
            "user": users.as_json(user),
        }

    def _claims(self, session: DictRow, user: DictRow) -> dict[str, Any]:
        return {
            "iss": self._issuer,
            "sub": str(user["id"]),
            "aud": user["aud"],
            "role": user["role"],
            "email": user["email"] or "",
            "phone": user["phone"] or "",
            "app_metadata": user["raw_app_meta_data"],
            "user_metadata": user["raw_user_meta_data"],
            "aal": "aal1",
            "amr": [{"method": "password", "timestamp": int(session["created_at"].timestamp())}],
            "session_id": str(session["id"]),
            "is_anonymous": user["is_anonymous"],
        }


async def exists(connection: Connection, session_id: uuid.UUID) -> bool:
    """Whether the session is still open."""
    rows = await connection.execute("select from auth.sessions where id = %s", [session_id])
    return rows.rowcount == 1


async def end(connection: Connection, user_id: uuid.UUID, session_id: uuid.UUID | None, scope: str) -> None:
    """End this session (`local`), the others (`others`), or all (`global`, or when the token names none)."""
    if session_id is None or scope == "global":
        await connection.execute("delete from auth.sessions where user_id = %s", [user_id])
    elif scope == "local":
        await connection.execute("delete from auth.sessions where id = %s", [session_id])
    else:
        await connection.execute(
            "delete from auth.sessions where user_id = %s and id <> %s", [user_id, session_id]
        )


async def _held(connection: Connection, token: str) -> DictRow | None:
    """The token's row, with its session locked: renewals of one session wait for each other."""
    session = await connection.execute(
        """
        select from auth.sessions
        where id = (select session_id from auth.refresh_tokens where token = %s)
        for update
        """,
        [token],
    )
    if session.rowcount == 0:
        return None
    rows = await connection.execute(
        "select *, updated_at > now() - make_interval(secs => %s) as is_recent from auth.refresh_tokens "
        "where token = %s",
        [REUSE, token],
    )
    return await rows.fetchone()


async def _successor(connection: Connection, held: DictRow) -> str | None:
    """The refresh token to hand out for the one held, or None when that one must not be used again."""
    if held["revoked"]:
        rows = await connection.execute(
            "select token from auth.refresh_tokens where session_id = %s and parent = %s and not revoked",
            [held["session_id"], held["token"]],
        )
        child = await rows.fetchone()
        if child is not None:
            return str(child["token"])
        if not held["is_recent"]:
            return None
    await connection.execute(
        "update auth.refresh_tokens set revoked = true, updated_at = now() where id = %s", [held["id"]]
    )
    return await _grant(connection, held["session_id"], held["token"])


async def _grant(connection: Connection, session_id: uuid.UUID, parent: str | None = None) -> str:
    token = "".join(secrets.choice(TOKEN_LETTERS) for _ in range(TOKEN_LENGTH))
    await connection.execute(
        "insert into auth.refresh_tokens (token, session_id, parent) values (%s, %s, %s)",
        [token, session_id, parent],
    )
    return token
