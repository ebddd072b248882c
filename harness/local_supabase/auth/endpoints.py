"""Auth's endpoints under `/auth/v1`, each a short story over users and sessions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from psycopg.rows import DictRow
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_supabase.auth import passwords, requests, sessions, users
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
        ]

    async def token(self, request: Request) -> Response:
        """`?grant_type=password` takes `{email, password}`, `refresh_token` takes `{refresh_token}`."""
        grant = request.query_params.get("grant_type")
        if grant not in ("password", "refresh_token"):
            raise AuthError(400, "invalid_credentials", "unsupported_grant_type")
        body = await requests.body(request)
        async with self._database.as_owner() as connection:
            answer = await (self._sign_in if grant == "password" else self._renew)(connection, body)
        if isinstance(answer, AuthError):
            raise answer
        return JSONResponse(answer)

    async def _sign_in(self, connection: Connection, body: dict[str, Any]) -> dict[str, Any]:
        email = requests.value(body, "email", "")
        if not email:
            raise validation_failed("missing email or phone")
        user = await users.by_email(connection, email)
        password = requests.value(body, "password", "")
        if user is None or not await passwords.matches(password, user["encrypted_password"]):
            raise invalid_credentials()
        if user["email_confirmed_at"] is None:
            raise AuthError(400, "email_not_confirmed", "Email not confirmed")
        return await self._sessions.open(connection, user["id"])

    async def _renew(self, connection: Connection, body: dict[str, Any]) -> dict[str, Any] | AuthError:
        token = requests.value(body, "refresh_token", "")
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

    async def _caller(self, connection: Connection, request: Request) -> Caller:
        claims = requests.claims(request, self._keys)
        if not claims.get("sub"):
            raise forbidden("bad_jwt", "invalid claim: missing sub claim")
        user_id = requests.parsed_uuid(claims["sub"])
        if user_id is None:
            raise AuthError(400, "bad_jwt", "invalid claim: sub claim must be a UUID")
        user = await users.by_id(connection, user_id)
        if user is None:
            raise forbidden("user_not_found", "User from sub claim in JWT does not exist")
        if not claims.get("session_id"):
            return Caller(user, None)
        session_id = requests.parsed_uuid(claims["session_id"])
        if session_id is None:
            raise forbidden("bad_jwt", "invalid claim: session_id claim must be a UUID")
        if not await sessions.exists(connection, session_id):
            raise forbidden("session_not_found", "Session from session_id claim in JWT does not exist")
        return Caller(user, session_id)
