"""The tables that the API offers and their columns, read once: PostgREST calls it the schema cache."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg.sql import Identifier

from harness.local_supabase.database import Connection
from harness.local_supabase.rest.errors import RestError

SCHEMA = "public"


@dataclass(frozen=True)
class Table:
    """A table or view of the exposed schema."""

    name: str
    columns: frozenset[str]

    @property
    def sql(self) -> Identifier:
        """Its quoted name with schema."""
        return Identifier(SCHEMA, self.name)

    def column(self, name: str) -> Identifier:
        """The quoted name of a column, with table and schema; PostgreSQL itself says when there is none."""
        return Identifier(SCHEMA, self.name, name)

    def require(self, names: Iterable[str]) -> None:
        """Raises RestError PGRST204 when a body names a column that is not there."""
        for name in names:
            if name not in self.columns:
                message = f"Could not find the '{name}' column of '{self.name}' in the schema cache"
                raise RestError(400, "PGRST204", message)


class Tables:
    """All of them, by name."""

    def __init__(self, tables: dict[str, Table]) -> None:
        self._tables = tables

    def __getitem__(self, name: str) -> Table:
        """The table; raises RestError PGRST205 when there is none."""
        if name not in self._tables:
            message = f"Could not find the table '{SCHEMA}.{name}' in the schema cache"
            raise RestError(404, "PGRST205", message)
        return self._tables[name]


async def read_tables(connection: Connection) -> Tables:
    """Read tables and views of the exposed schema."""
    rows = await connection.execute(
        "select table_name, array_agg(column_name::text) as columns from information_schema.columns "
        "where table_schema = %s group by table_name",
        [SCHEMA],
    )
    found = [Table(row["table_name"], frozenset(row["columns"])) for row in await rows.fetchall()]
    return Tables({table.name: table for table in found})
