"""Auth's endpoints under `/auth/v1`, each a short story over users and sessions."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

import jwt
import psycopg
from psycopg.rows import DictRow
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_supabase.auth import passwords, sessions, users
from harness.local_supabase.auth.errors import AuthError, forbidden, invalid_credentials, validation_failed
from harness.local_supabase.database import Connection, Database
from harness.local_supabase.keys import ProjectKeys

LOGOUT_SCOPES = ("global", "local", "others")
HEALTH = {
    "version": "harness",
    "name": "GoTrue",
    "description": "GoTrue is a user registration and authentication API",
}


@dataclass(frozen=True)
class Caller:
    """Who the session token in Authorization is of."""

    user: DictRow
    session_id: uuid.UUID | None


class Auth:
    """The endpoints over one database and one set of keys."""

    def __init__(self, database: Database, keys: ProjectKeys, url: str) -> None:
        self._database = database
        self._keys = keys
        self._sessions = sessions.Sessions(keys, f"{url}/auth/v1")

    def routes(self) -> list[Route]:
        """Everything that is offered; the rest of Auth answers 501."""
        return [
            Route("/auth/v1/token", self.token, methods=["POST"]),
            Route("/auth/v1/user", self.user, methods=["GET"]),
            Route("/auth/v1/logout", self.logout, methods=["POST"]),
            Route("/auth/v1/health", self.health, methods=["GET"]),
            Route("/auth/v1/.well-known/jwks.json", self.jwks, methods=["GET"]),
            Route("/auth/v1/admin/users", self.create_user, methods=["POST"]),
            Route("/auth/v1/admin/users/{user_id}", self.delete_user, methods=["DELETE"]),
        ]

    async def token(self, request: Request) -> Response:
        """`?grant_type=password` takes `{email, password}`, `refresh_token` takes `{refresh_token}`."""
        grant = request.query_params.get("grant_type")
        if grant not in ("password", "refresh_token"):
            raise AuthError(400, "invalid_credentials", "unsupported_grant_type")
        body = await _body(request)
        async with self._database.as_owner() as connection:
            answer = await (self._sign_in if grant == "password" else self._renew)(connection, body)
        if isinstance(answer, AuthError):
            raise answer
        return JSONResponse(answer)

    async def _sign_in(self, connection: Connection, body: dict[str, Any]) -> dict[str, Any]:
        email = _value(body, "email", "")
        if not email:
            raise validation_failed("missing email or phone")
        user = await users.by_email(connection, email)
        password = _value(body, "password", "")
        if user is None or not await passwords.matches(password, user["encrypted_password"]):
            raise invalid_credentials()
        if user["email_confirmed_at"] is None:
            raise AuthError(400, "email_not_confirmed", "Email not confirmed")
        return await self._sessions.open(connection, user["id"])

    async def _renew(self, connection: Connection, body: dict[str, Any]) -> dict[str, Any] | AuthError:
        token = _value(body, "refresh_token", "")
        if len(token) < sessions.TOKEN_LENGTH:
            raise validation_failed("Refresh token is not valid")
        return await self._sessions.renew(connection, token)

    async def user(self, request: Request) -> Response:
        """The user whom the session token is of."""
        async with self._database.as_owner() as connection:
            return JSONResponse(users.as_json((await self._caller(connection, request)).user))

    async def logout(self, request: Request) -> Response:
        """End sessions of the caller, `?scope=global|local|others`; 204."""
        scope = request.query_params.get("scope") or "global"
        async with self._database.as_owner() as connection:
            caller = await self._caller(connection, request)
            if scope not in LOGOUT_SCOPES:
                raise validation_failed(f'Unsupported logout scope "{scope}"')
            await sessions.end(connection, caller.user["id"], caller.session_id, scope)
        return Response(status_code=204)

    async def health(self, _request: Request) -> Response:
        """Whether Auth is there, and as whom it answers."""
        return JSONResponse(HEALTH)

    async def jwks(self, _request: Request) -> Response:
        """The public key of session tokens."""
        return JSONResponse(self._keys.jwks(), headers={"Cache-Control": "public, max-age=600"})

    async def create_user(self, request: Request) -> Response:
        """With the service_role key: make a user from `{email, password, email_confirm, user_metadata}`."""
        self._require_admin(request)
        body = await _body(request)
        wanted = {
            "email": _value(body, "email", ""),
            "password": _value(body, "password", ""),
            "email_confirm": _value(body, "email_confirm", False),
            "user_metadata": _value(body, "user_metadata", {}),
            "app_metadata": _value(body, "app_metadata", {}),
        }
        if not wanted["email"]:
            raise validation_failed("Cannot create a user without either an email or phone")
        try:
            async with self._database.as_owner() as connection:
                return JSONResponse(users.as_json(await users.create(connection, wanted)))
        except psycopg.DatabaseError as error:
            if isinstance(error, psycopg.OperationalError):
                raise
            raise AuthError(500, "unexpected_failure", "Database error creating new user") from error

    async def delete_user(self, request: Request) -> Response:
        """With the service_role key: remove a user."""
        self._require_admin(request)
        user_id = _uuid(request.path_params["user_id"])
        if user_id is None:
            raise validation_failed("user_id must be an UUID", 404)
        async with self._database.as_owner() as connection:
            if not await users.delete(connection, user_id):
                raise AuthError(404, "user_not_found", "User not found")
        return JSONResponse({})

    async def _caller(self, connection: Connection, request: Request) -> Caller:
        claims = self._claims(request)
        if not claims.get("sub"):
            raise forbidden("bad_jwt", "invalid claim: missing sub claim")
        user_id = _uuid(claims["sub"])
        if user_id is None:
            raise AuthError(400, "bad_jwt", "invalid claim: sub claim must be a UUID")
        user = await users.by_id(connection, user_id)
        if user is None:
            raise forbidden("user_not_found", "User from sub claim in JWT does not exist")
        if not claims.get("session_id"):
            return Caller(user, None)
        session_id = _uuid(claims["session_id"])
        if session_id is None:
            raise forbidden("bad_jwt", "invalid claim: session_id claim must be a UUID")
        if not await sessions.exists(connection, session_id):
            raise forbidden("session_not_found", "Session from session_id claim in JWT does not exist")
        return Caller(user, session_id)

    def _require_admin(self, request: Request) -> None:
        if self._claims(request).get("role") != "service_role":
            raise forbidden("not_admin", "User not allowed")

    def _claims(self, request: Request) -> dict[str, Any]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")
        try:
            return self._keys.verify(token)
        except jwt.InvalidTokenError as error:
            reason = f"invalid JWT: unable to parse or verify signature, {error}"
            raise forbidden("bad_jwt", reason) from None


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise AuthError(400, "bad_json", f"Could not parse request body as JSON: {error}") from None
    if not isinstance(body, dict):
        raise AuthError(400, "bad_json", "Could not parse request body as JSON: an object was expected")
    return body


def _value(body: dict[str, Any], name: str, default: Any) -> Any:  # noqa: ANN401 - as the default is
    """The field, of the type that its default has; null counts as absent."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, type(default)):
        expected = {str: "a string", bool: "a boolean", dict: "an object"}[type(default)]
        message = f"Could not parse request body as JSON: {name} must be {expected}"
        raise AuthError(400, "bad_json", message)
    return value


def _uuid(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
