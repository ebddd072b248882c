"""Auth's endpoints for the holder of the service_role key: users made, read and removed."""

from __future__ import annotations

import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_supabase.auth import requests, users
from harness.local_supabase.auth.errors import AuthError, forbidden, validation_failed
from harness.local_supabase.database import Database
from harness.local_supabase.keys import ProjectKeys
from harness.local_supabase.not_offered import NotOfferedError


class Admin:
    """The endpoints over one database and one set of keys."""

    def __init__(self, database: Database, keys: ProjectKeys) -> None:
        self._database = database
        self._keys = keys

    def routes(self) -> list[Route]:
        """Everything that is offered of `/auth/v1/admin`."""
        return [
            Route("/auth/v1/admin/users", self.create, methods=["POST"]),
            Route("/auth/v1/admin/users/{user_id}", self.one, methods=["GET", "DELETE"]),
        ]

    async def create(self, request: Request) -> Response:
        """Make a user from `{email, password, email_confirm, user_metadata, app_metadata}`."""
        self._require_admin(request)
        body = await requests.body(request)
        wanted = {
            "email": requests.value(body, "email", ""),
            "password": requests.value(body, "password", ""),
            "email_confirm": requests.value(body, "email_confirm", False),
            "user_metadata": requests.value(body, "user_metadata", {}),
            "app_metadata": requests.value(body, "app_metadata", {}),
        }
        if not wanted["email"]:
            raise validation_failed("Cannot create a user without either an email or phone")
        try:
            async with self._database.as_owner() as connection:
                return JSONResponse(users.as_json(await users.create(connection, wanted)))
        except psycopg.OperationalError:
            raise
        except psycopg.DatabaseError as error:
            raise AuthError(500, "unexpected_failure", "Database error creating new user") from error

    async def one(self, request: Request) -> Response:
        """Read or remove a user."""
        self._require_admin(request)
        user_id = requests.parsed_uuid(request.path_params["user_id"])
        if user_id is None:
            raise validation_failed("user_id must be an UUID", 404)
        if request.method == "DELETE" and await _is_soft(request):
            raise NotOfferedError("should_soft_delete")
        async with self._database.as_owner() as connection:
            user = await users.by_id(connection, user_id)
            if user is None:
                raise AuthError(404, "user_not_found", "User not found")
            if request.method == "DELETE":
                await users.delete(connection, user_id)
                return JSONResponse({})
        return JSONResponse(users.as_json(user))

    def _require_admin(self, request: Request) -> None:
        if requests.claims(request, self._keys).get("role") != "service_role":
            raise forbidden("not_admin", "User not allowed")


async def _is_soft(request: Request) -> bool:
    """A removal may have a body, and need not."""
    if not await request.body():
        return False
    return bool(requests.value(await requests.body(request), "should_soft_delete", False))
