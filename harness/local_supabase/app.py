"""The application: two doors behind one gateway, over one database that lives as long as it does."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.config import LocalSupabaseSettings
from harness.local_supabase.auth.admin import Admin
from harness.local_supabase.auth.endpoints import Auth
from harness.local_supabase.auth.errors import AuthError
from harness.local_supabase.database import Database
from harness.local_supabase.gateway import gateway
from harness.local_supabase.keys import ProjectKeys
from harness.local_supabase.not_offered import NotOfferedError
from harness.local_supabase.rest.endpoint import Rest
from harness.local_supabase.rest.errors import RestError

log = logging.getLogger("local_supabase")


def create_app(settings: LocalSupabaseSettings) -> Starlette:
    """The local Supabase. Its start-up raises HarnessError when the database could not be had."""
    keys = ProjectKeys(settings.jwt_secret.get_secret_value())
    database = Database(settings)
    rest = Rest(database, keys)
    doors = (Auth(database, keys, settings.url), Admin(database, keys), rest)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with database.opened():
            await rest.read_tables()
            yield

    async def healthz(_request: Request) -> Response:
        reason = await database.why_not_ready()
        return (
            JSONResponse({"ok": True})
            if reason is None
            else JSONResponse({"ok": False, "error": reason}, 503)
        )

    return Starlette(
        routes=[Route("/healthz", healthz), *(route for door in doors for route in door.routes())],
        middleware=gateway((settings.anon_key, settings.service_role_key.get_secret_value())),
        exception_handlers={
            AuthError: _auth_error,
            RestError: _rest_error,
            NotOfferedError: _not_offered,
            psycopg.Error: _database_error,
            PoolTimeout: _database_error,
            404: _unknown,
            405: _unknown,
        },
        lifespan=lifespan,
    )


async def _auth_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AuthError)
    return error.response(request)


async def _rest_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RestError)
    return error.response()


async def _not_offered(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotOfferedError)
    return error.response(request)


async def _database_error(request: Request, error: Exception) -> Response:
    # Of Auth: the table door answers for itself. The statement is not logged, it carries passwords.
    log.error("%s %s: %s", request.method, request.url.path, type(error).__name__)
    gone = isinstance(error, psycopg.OperationalError | PoolTimeout)
    why = ": PostgreSQL has ended, or does not answer" if gone else ""
    return AuthError(500, "unexpected_failure", f"Database error querying schema{why}").response(request)


async def _unknown(request: Request, _error: Exception) -> Response:
    return NotOfferedError("this endpoint").response(request)
