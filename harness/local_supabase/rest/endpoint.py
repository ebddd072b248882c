"""The endpoint of every table: `/rest/v1/{table}`. Each request is one transaction in the caller's role."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.local_supabase.database import Connection, Database
from harness.local_supabase.keys import ProjectKeys
from harness.local_supabase.not_offered import NotOfferedError
from harness.local_supabase.rest import caller, preferences, query, statement
from harness.local_supabase.rest.errors import RestError, of_database
from harness.local_supabase.rest.preferences import Preferences
from harness.local_supabase.rest.query import Query
from harness.local_supabase.rest.statement import Statement
from harness.local_supabase.rest.tables import Table, Tables, read_tables

log = logging.getLogger("local_supabase.rest")

METHODS = ["GET", "HEAD", "POST", "PATCH", "DELETE"]
CHANGED = "[rest]"  # begins a line of the log for each change that was carried out


class Rest:
    """The endpoint over one database and one set of keys."""

    def __init__(self, database: Database, keys: ProjectKeys) -> None:
        self._database = database
        self._keys = keys
        self._tables = Tables({})

    def routes(self) -> list[Route]:
        """Everything that is offered; the rest of PostgREST answers 501."""
        return [Route("/rest/v1/{table}", self.table, methods=METHODS)]

    async def read_tables(self) -> None:
        """Learn which tables there are; once, before the first request."""
        async with self._database.as_owner() as connection:
            self._tables = await read_tables(connection)

    async def table(self, request: Request) -> Response:
        """Read or change rows as the caller; raises RestError or NotOfferedError."""
        who = caller.identify(request, self._keys)
        preferred = preferences.read(request)
        table = self._tables[request.path_params["table"]]
        asked = query.parse(request.query_params.multi_items())
        body = await request.body()
        try:
            async with self._database.as_role(who.role, who.claims) as connection:
                if request.method in ("GET", "HEAD"):
                    return await _read(connection, table, asked, preferred)
                answer = await _change(connection, request.method, table, asked, preferred, body)
        except PoolTimeout:
            message = "Timed out acquiring connection from connection pool."
            raise RestError(504, "PGRST003", message) from None
        except psycopg.Error as error:
            raise of_database(error, who.role) from error
        log.info("%s %s", CHANGED, json.dumps(_told(request, table, body)))
        return answer


def _told(request: Request, table: Table, body: bytes) -> dict[str, Any]:
    """A change without its values: which rows of what were asked for, and which columns."""
    sent = _parsed(body) if body else {}
    columns = sorted({column for one in (sent if isinstance(sent, list) else [sent]) for column in one})
    where = {name: value for name, value in request.query_params.items() if name in table.columns}
    method = request.method
    return {"at": time.time(), "method": method, "table": table.name, "where": where, "columns": columns}


async def _read(connection: Connection, table: Table, asked: Query, preferred: Preferences) -> Response:
    rows, text = await _run(connection, statement.select(table, asked))
    total = None
    if preferred.count:
        counting = statement.count(table, asked)
        total = (await (await connection.execute(counting.sql, counting.values)).fetchall())[0]["count"]
        if asked.offset and asked.offset >= total:
            details = f"An offset of {asked.offset} was requested, but there are only {total} rows."
            raise RestError(416, "PGRST103", "Requested range not satisfiable", details)
    first_to_last = f"{asked.offset}-{asked.offset + rows - 1}" if rows else "*"
    headers = {"Content-Range": f"{first_to_last}/{'*' if total is None else total}", **preferred.applied}
    return _answer(206 if total is not None and rows < total else 200, rows, text, preferred, headers)


async def _change(
    connection: Connection, method: str, table: Table, asked: Query, preferred: Preferences, body: bytes
) -> Response:
    if asked.order or asked.limit is not None or asked.offset:
        raise NotOfferedError("order, limit and offset on changes")
    returning = asked if preferred.representation else None
    change = _statement(method, table, asked, returning, body)
    # An empty object changes nothing, and is no error.
    rows, text = (0, "[]") if change is None else await _run(connection, change)
    first_to_last = f"0-{rows - 1}" if method == "PATCH" and rows else "*"
    headers = {"Content-Range": f"{first_to_last}/{rows if preferred.count else '*'}", **preferred.applied}
    done = 201 if method == "POST" else 200
    if preferred.representation:
        return _answer(done, rows, text, preferred, headers)
    return Response(status_code=201 if method == "POST" else 204, headers=headers)


def _statement(
    method: str, table: Table, asked: Query, returning: Query | None, body: bytes
) -> Statement | None:
    if method == "DELETE":
        return statement.delete(table, asked, returning)
    content = _parsed(body)
    objects = content if isinstance(content, list) else [content]
    columns = _columns(objects, asked)
    table.require(columns)
    if method == "POST":
        return statement.insert(table, columns, json.dumps(objects), returning) if objects else None
    if len(objects) != 1:
        raise NotOfferedError("an update with an array")
    return statement.update(table, columns, json.dumps(objects[0]), asked, returning) if columns else None


def _parsed(body: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        content = json.loads(body)
    except ValueError:
        raise RestError(400, "PGRST102", "Empty or invalid json") from None
    if not isinstance(content, dict | list) or not all(isinstance(item, dict) for item in content or []):
        if isinstance(content, dict):
            return content
        raise RestError(400, "PGRST102", "Empty or invalid json")
    return content


def _columns(objects: list[dict[str, Any]], asked: Query) -> list[str]:
    """The columns to fill: those named in the query, else the keys that every object of the body has."""
    if asked.columns is not None:
        return list(asked.columns)
    keys = [frozenset(item) for item in objects]
    if len(set(keys)) > 1:
        raise RestError(400, "PGRST102", "All object keys must match")
    return sorted(keys[0]) if keys else []


async def _run(connection: Connection, prepared: Statement) -> tuple[int, str]:
    row = (await (await connection.execute(prepared.sql, prepared.values)).fetchall())[0]
    return row["count"], row["body"]


def _answer(status: int, rows: int, text: str, preferred: Preferences, headers: dict[str, str]) -> Response:
    """Rows as JSON; raises RestError when one object was asked for and there is not exactly one row."""
    if not preferred.single:
        return Response(text, status, headers, media_type=f"{preferences.JSON}; charset=utf-8")
    if rows != 1:
        details = f"The result contains {rows} rows"
        raise RestError(406, "PGRST116", "Cannot coerce the result to a single JSON object", details)
    # json_agg of one row is that row in brackets.
    return Response(text[1:-1], status, headers, media_type=f"{preferences.OBJECT}; charset=utf-8")
