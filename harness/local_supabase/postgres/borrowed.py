"""A throw-away database in a PostgreSQL that runs already.

Its name is random and its comment says whose it is. While a server uses one it holds an advisory lock in its
name, so that the next server can tell those that a killed one left behind, and drops them. Roles belong to
the whole cluster: they are made and removed under one lock, and only those that bear our comment are removed.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from harness.errors import ServerError

OURS = "made by harness.local_supabase"
ROLES_LOCK = "harness.local_supabase roles"
NAME = re.compile(r"harness_[0-9a-f]{16}")

Fill = Callable[[str], Awaitable[None]]


@asynccontextmanager
async def borrowed_database(database_url: str, fill: Fill) -> AsyncIterator[str]:
    """Make a database, `fill` it (given its conninfo), yield its conninfo, and drop it.

    Raises ServerError when the PostgreSQL of `database_url` cannot be reached or refuses.
    """
    _expect_address(database_url)
    name = f"harness_{secrets.token_hex(8)}"
    try:
        async with await AsyncConnection.connect(database_url, autocommit=True, connect_timeout=10) as keeper:
            conninfo = make_conninfo(database_url, dbname=name)
            await _drop_abandoned(keeper)
            await _create(keeper, name)
            try:
                async with _locked(keeper, ROLES_LOCK):
                    await fill(conninfo)
                yield conninfo
            finally:
                await _drop(keeper, name)
                await _drop_roles(keeper)
    except psycopg.Error as error:
        # The first line alone: it names host and cause, and what could be a password was refused above.
        raise ServerError(
            "DATABASE_URL must reach a PostgreSQL as a user who may make databases and roles (a superuser), "
            f"but: {str(error).splitlines()[0]}. Mend DATABASE_URL, or unset it to have one started."
        ) from None


def _expect_address(database_url: str) -> None:
    """Refuse what is no address without quoting it, as libpq would: a part of it may be a password.

    A password with `@`, `/` or `:` as they are ends up in host, port or database, which errors do name.
    """
    try:
        parts = conninfo_to_dict(database_url)
    except psycopg.ProgrammingError:
        parts = {"port": "none"}
    host, port, name = (str(parts.get(part) or "") for part in ("host", "port", "dbname"))
    # An abstract socket is the one host that has an @: its first character.
    if not re.fullmatch(r"[0-9,]*", port) or "@" in host[1:] + name:
        raise ServerError(
            "DATABASE_URL is no PostgreSQL address: expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
            "special characters of USER and PASSWORD percent-encoded; what came is not shown, since it may "
            "hold a password. Mend DATABASE_URL, or unset it to have one started."
        )


@asynccontextmanager
async def _locked(keeper: AsyncConnection, name: str) -> AsyncIterator[None]:
    await keeper.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield
    finally:
        await keeper.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [name])


async def _create(keeper: AsyncConnection, name: str) -> None:
    await keeper.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [name])
    await keeper.execute(
        SQL("create database {} encoding 'UTF8' template template0").format(Identifier(name))
    )
    await keeper.execute(SQL("comment on database {} is {}").format(Identifier(name), OURS))


async def _drop(keeper: AsyncConnection, name: str) -> None:
    await keeper.execute(SQL("drop database if exists {} with (force)").format(Identifier(name)))


async def _drop_abandoned(keeper: AsyncConnection) -> None:
    rows = await keeper.execute(
        "select datname from pg_database where shobj_description(oid, 'pg_database') = %s", [OURS]
    )
    for (name,) in await rows.fetchall():
        free = await keeper.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        if NAME.fullmatch(name) and (await free.fetchone()) == (True,):
            await _drop(keeper, name)


async def _drop_roles(keeper: AsyncConnection) -> None:
    """Remove the roles that are ours, unless a database of another server needs them: it will remove them."""
    async with _locked(keeper, ROLES_LOCK):
        rows = await keeper.execute(
            "select rolname from pg_roles where shobj_description(oid, 'pg_authid') = %s", [OURS]
        )
        for (role,) in await rows.fetchall():
            try:
                await keeper.execute(SQL("drop role {}").format(Identifier(role)))
            except psycopg.errors.DependentObjectsStillExist:
                continue
