"""SQL for a parsed request. Names are quoted as identifiers and values are parameters: nothing is pasted in.

Values go as untyped parameters, so that PostgreSQL reads each as its column's type and complains as it does
with PostgREST. Every statement answers one row: `body`, the rows as JSON text in the order asked for, and
`count`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder

from harness.local_supabase.rest.errors import RestError
from harness.local_supabase.rest.query import Filter, Order, Query
from harness.local_supabase.rest.tables import Table

COMPARISONS = {
    "eq": SQL("="),
    "neq": SQL("<>"),
    "gt": SQL(">"),
    "gte": SQL(">="),
    "lt": SQL("<"),
    "lte": SQL("<="),
    "like": SQL("like"),
    "ilike": SQL("ilike"),
}
IS = {
    "null": SQL("null"),
    "not_null": SQL("not null"),
    "true": SQL("true"),
    "false": SQL("false"),
    "unknown": SQL("unknown"),
}
AS_JSON = SQL(
    "with source as ({}) select coalesce(json_agg(source), '[]')::text as body, count(*) from source"
)


@dataclass(frozen=True)
class Statement:
    """SQL and its values."""

    sql: Composed
    values: tuple[object, ...]


def select(table: Table, query: Query) -> Statement:
    """Rows of the table."""
    where, values = _where(table, query.filters)
    rows = SQL("select {} from {}{}{}").format(
        _columns(table, query.select), table.sql, where, _ordered(table, query.order)
    )
    if query.limit is not None:
        rows += SQL(" limit {}").format(query.limit)
    if query.offset:
        rows += SQL(" offset {}").format(query.offset)
    return Statement(AS_JSON.format(rows), values)


def count(table: Table, query: Query) -> Statement:
    """How many rows the filters leave."""
    where, values = _where(table, query.filters)
    return Statement(SQL("select count(*) from {}{}").format(table.sql, where), values)


def insert(table: Table, columns: Sequence[str], body: str, returning: Query | None) -> Statement:
    """Add the objects of a JSON array as rows with `columns`; `returning` selects what is answered."""
    if columns:
        names = SQL(", ").join(map(Identifier, columns))
        rows = SQL(
            "insert into {table} ({names}) select {names} from json_populate_recordset(null::{table}, {body})"
        )
        change = rows.format(table=table.sql, names=names, body=SQL("%s::json"))
    else:
        # An empty object: a row of defaults alone.
        change = SQL("insert into {} default values").format(table.sql)
    return Statement(_returning(table, change, returning), (body,) if columns else ())


def update(
    table: Table, columns: Sequence[str], body: str, query: Query, returning: Query | None
) -> Statement:
    """Set `columns` from a JSON object; raises RestError when there is no filter."""
    where, values = _where(table, _required(query.filters, "UPDATE"))
    settings = SQL(", ").join(SQL("{0} = body.{0}").format(Identifier(column)) for column in columns)
    change = SQL(
        "update {table} set {settings} from json_populate_record(null::{table}, {body}) as body{where}"
    )
    change_sql = change.format(table=table.sql, settings=settings, body=SQL("%s::json"), where=where)
    return Statement(_returning(table, change_sql, returning), (body, *values))


def delete(table: Table, query: Query, returning: Query | None) -> Statement:
    """Remove rows; raises RestError when there is no filter."""
    where, values = _where(table, _required(query.filters, "DELETE"))
    change = SQL("delete from {}{}").format(table.sql, where)
    return Statement(_returning(table, change, returning), values)


def _required(filters: tuple[Filter, ...], command: str) -> tuple[Filter, ...]:
    """Hosted projects load pg-safeupdate for the API: whole tables are not changed by an omission."""
    if not filters:
        raise RestError(400, "21000", f"{command} requires a WHERE clause")
    return filters


def _returning(table: Table, change: Composed, returning: Query | None) -> Composed:
    # Without a representation no column is read back: the right to read is then not needed.
    columns = SQL("1") if returning is None else _columns(table, returning.select)
    return AS_JSON.format(change + SQL(" returning ") + columns)


def _columns(table: Table, names: tuple[str, ...] | None) -> Composable:
    return SQL(", ").join(
        SQL("{}.*").format(table.sql) if name == "*" else table.column(name) for name in names or ("*",)
    )


def _ordered(table: Table, order: tuple[Order, ...]) -> Composable:
    if not order:
        return SQL("")
    terms = (
        SQL("{}{}{}").format(
            table.column(term.column),
            SQL(" desc" if term.descending else " asc"),
            SQL({"first": " nulls first", "last": " nulls last"}.get(term.nulls or "", "")),
        )
        for term in order
    )
    return SQL(" order by ") + SQL(", ").join(terms)


def _where(table: Table, filters: tuple[Filter, ...]) -> tuple[Composable, tuple[object, ...]]:
    if not filters:
        return SQL(""), ()
    conditions: list[Composable] = []
    values: list[object] = []
    for one in filters:
        condition, its_values = _condition(table, one)
        conditions.append(SQL("not ({})").format(condition) if one.negated else condition)
        values.extend(its_values)
    return SQL(" where ") + SQL(" and ").join(conditions), tuple(values)


def _condition(table: Table, one: Filter) -> tuple[Composable, tuple[object, ...]]:
    column = table.column(one.column)
    if isinstance(one.value, tuple):
        if not one.value:
            return SQL("false"), ()
        places = SQL(", ").join(Placeholder() * len(one.value))
        return SQL("{} in ({})").format(column, places), one.value
    if one.operator == "is":
        return SQL("{} is {}").format(column, IS[one.value]), ()
    value = one.value.replace("*", "%") if one.operator in ("like", "ilike") else one.value
    return SQL("{} {} {}").format(column, COMPARISONS[one.operator], Placeholder()), (value,)
