"""Users: rows of auth.users and auth.identities, and the JSON that Auth gives of them."""

from __future__ import annotations

import re
import secrets
import uuid
from typing import Any

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from harness.local_supabase.auth import passwords
from harness.local_supabase.auth.errors import AuthError, validation_failed
from harness.local_supabase.database import Connection

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")

SELECT = """
select *, (
    select coalesce(json_agg(identity order by created_at), '[]') from (
        select id as identity_id, provider_id as id, user_id, identity_data, provider, last_sign_in_at,
            created_at, updated_at, identity_data ->> 'email' as email
        from auth.identities where user_id = users.id
    ) as identity
) as identities
from auth.users
"""


async def by_email(connection: Connection, email: str) -> DictRow | None:
    """The user who signs in with `email`, in any case of letters."""
    return await _one(connection, SELECT + "where email = %s", [email.lower()])


async def by_id(connection: Connection, user_id: uuid.UUID) -> DictRow | None:
    """The user of this id."""
    return await _one(connection, SELECT + "where id = %s", [user_id])


async def create(connection: Connection, wanted: dict[str, Any]) -> DictRow:
    """Make a user as `POST /admin/users` asks; raises AuthError when the e-mail is bad or taken."""
    email = wanted["email"].lower()
    if not EMAIL.fullmatch(email):
        raise validation_failed("Unable to validate email address: invalid format")
    password = wanted["password"] or secrets.token_urlsafe(32)
    if len(password.encode()) > passwords.LONGEST:
        raise validation_failed("bcrypt: password length exceeds 72 bytes")
    row = {
        "email": email,
        "encrypted_password": await passwords.hashed(password),
        "app": Jsonb({"provider": "email", "providers": ["email"], **wanted["app_metadata"]}),
        "metadata": Jsonb(wanted["user_metadata"]),
        "confirmed": wanted["email_confirm"],
    }
    try:
        user_id = await _insert(connection, row)
    except psycopg.errors.UniqueViolation:
        message = "A user with this email address has already been registered"
        raise AuthError(422, "email_exists", message) from None
    user = await by_id(connection, user_id)
    assert user is not None
    return user


async def delete(connection: Connection, user_id: uuid.UUID) -> None:
    """Remove the user and, by the foreign keys, all that hangs on it."""
    await connection.execute("delete from auth.users where id = %s", [user_id])


def as_json(user: DictRow) -> dict[str, Any]:
    """The user object of Auth's answers; what a user does not have is left out, as Auth does."""
    optional = {
        name: user[name].isoformat()
        for name in ("email_confirmed_at", "last_sign_in_at")
        if user[name] is not None
    }
    if "email_confirmed_at" in optional:
        optional["confirmed_at"] = optional["email_confirmed_at"]
    return {
        "id": str(user["id"]),
        "aud": user["aud"],
        "role": user["role"],
        "email": user["email"] or "",
        "phone": user["phone"] or "",
        **optional,
        "app_metadata": user["raw_app_meta_data"],
        "user_metadata": user["raw_user_meta_data"],
        "identities": user["identities"],
        "created_at": user["created_at"].isoformat(),
        "updated_at": user["updated_at"].isoformat(),
        "is_anonymous": user["is_anonymous"],
    }


async def _insert(connection: Connection, row: dict[str, Any]) -> uuid.UUID:
    made = await connection.execute(
        """
        insert into auth.users
            (email, encrypted_password, raw_app_meta_data, raw_user_meta_data, email_confirmed_at)
        values (
            %(email)s, %(encrypted_password)s, %(app)s, %(metadata)s, case when %(confirmed)s then now() end
        )
        returning id
        """,
        row,
    )
    user_id: uuid.UUID = (await made.fetchall())[0]["id"]
    identity = {"sub": str(user_id), "email": row["email"], "email_verified": False, "phone_verified": False}
    await connection.execute(
        "insert into auth.identities (provider_id, user_id, identity_data, provider) "
        "values (%s, %s, %s, 'email')",
        [str(user_id), user_id, Jsonb(identity)],
    )
    return user_id


async def _one(connection: Connection, query: str, values: list[Any]) -> DictRow | None:
    # The statements are this module's own constants; values go as parameters.
    return await (await connection.execute(query.encode(), values)).fetchone()
