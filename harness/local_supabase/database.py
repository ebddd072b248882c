"""The database behind both doors: transactions as its owner, and as the role that a token names."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, DatabaseError, OperationalError
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from harness.config import PACKAGE, LocalSupabaseSettings, bundled
from harness.errors import SetUpError
from harness.local_supabase.postgres import installation
from harness.local_supabase.postgres.borrowed import borrowed_database
from harness.local_supabase.postgres.cluster import Cluster, running_cluster

log = logging.getLogger("local_supabase")

BOOTSTRAP = PACKAGE / "local_supabase" / "bootstrap.sql"
SCHEMA = bundled("fixtures") / "schema.sql"
CONNECTIONS = 10
ACQUIRE_TIMEOUT = 5.0

Connection = AsyncConnection[DictRow]


class Database:
    """Opened for the life of the server by `opened()`; its connections answer rows as dictionaries."""

    def __init__(self, settings: LocalSupabaseSettings) -> None:
        self._settings = settings
        self._cluster: Cluster | None = None
        self._pool: AsyncConnectionPool[Connection] | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Find or start PostgreSQL, fill it, connect; undo all of it. Raises SetUpError, ServerError."""
        async with AsyncExitStack() as stack:
            conninfo = await self._find_or_start(stack)
            # UTC as on a hosted project, also where the machine's PostgreSQL thinks otherwise.
            conninfo = make_conninfo(conninfo, options="-c timezone=UTC -c client_encoding=UTF8")
            self._pool = AsyncConnectionPool(
                conninfo,
                connection_class=Connection,
                kwargs={"row_factory": dict_row},
                min_size=1,
                max_size=CONNECTIONS,
                timeout=ACQUIRE_TIMEOUT,
                open=False,
            )
            async with self._pool:
                yield

    async def _find_or_start(self, stack: AsyncExitStack) -> str:
        if self._settings.database_url is not None:
            url = self._settings.database_url.get_secret_value()
            log.info("using the PostgreSQL of DATABASE_URL")
            return await stack.enter_async_context(borrowed_database(url, self._fill))
        found = installation.find()
        log.info("starting PostgreSQL %s of %s", found.version, found.folder)
        self._cluster = await stack.enter_async_context(
            running_cluster(found, self._settings.data_dir, self._settings.templates)
        )
        await self._fill(self._cluster.conninfo)
        return self._cluster.conninfo

    async def _fill(self, conninfo: str) -> None:
        """What every project has, and then the tables. Raises SetUpError for SQL that is refused."""
        async with await AsyncConnection.connect(conninfo) as connection:
            for script in (BOOTSTRAP, *(self._settings.schema_files or [SCHEMA])):
                try:
                    await connection.execute(script.read_bytes())
                except (OSError, DatabaseError) as error:
                    raise SetUpError(
                        f"The schema {script} could not be run: {str(error).splitlines()[0]}"
                    ) from None

    @asynccontextmanager
    async def as_owner(self) -> AsyncIterator[Connection]:
        """A transaction past all policies, for Auth. Raises OperationalError when PostgreSQL is gone."""
        if self._pool is None or (self._cluster is not None and self._cluster.ended.is_set()):
            raise OperationalError("PostgreSQL has ended")
        async with self._pool.connection() as connection:
            yield connection

    @asynccontextmanager
    async def as_role(self, role: str, claims: dict[str, Any]) -> AsyncIterator[Connection]:
        """A transaction as `role`, with `claims` where auth.uid() finds them; rolled back on an exception."""
        async with self.as_owner() as connection:
            await connection.execute(
                "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)",
                [role, json.dumps(claims)],
            )
            yield connection

    async def why_not_ready(self) -> str | None:
        """None when the database answers, else why not."""
        try:
            async with self.as_owner() as connection:
                await connection.execute("select 1")
        except (OperationalError, PoolTimeout) as error:
            return str(error)
        return None
